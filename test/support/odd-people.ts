/** Somebody whose data is odd in every field. No two people share a value, nor a part of one. */
export interface OddPerson {
  readonly index: number;
  readonly name: string;
  readonly nickname: string;
  readonly email: string;
  /** Postal addresses. */
  readonly home: string;
  readonly work: string;
  readonly phone: string;
  readonly mobile: string;
  /** Of their profile; a customer of the shop has the shop's. */
  readonly id: string;
  /** What the shop calls them, where they are its customer. */
  readonly customer?: string;
}

type Spelling = (token: string) => string;

const NAMES: readonly Spelling[] = [
  (token) => `Zoë "${token}" O’Brien-Ŝmith`,
  (token) => `李小龍 ${token} 👩‍👩‍👧`,
  (token) => `  ${token} with spaces around  `,
  (token) => `C:\\people\\${token}\\n\\u0041`,
  (token) => `<b onclick='hi("${token}")'>&amp;</b>`,
  (token) => `100% %20 %s %d ${token} %25`,
  (token) => `e\u0301 n\u0303 ${token} Z\u0351\u036b\u0343`,
  (token) => `tab\there\nand ${token}\r\n\u0007`,
  (token) => `${token} `.repeat(60),
  (token) => `'; DROP TABLE items; -- ${token}`,
  (token) => `\u202e${token}\u202c ${'𝒜𝒷'.repeat(3)}`,
  (token) => `__proto__ {{${token}}} \${null}`,
  (token) => `İstanbul ẞ ${token.toUpperCase()} ŉ`,
];

const EMAILS: readonly Spelling[] = [
  (token) => `${token}@example.test`,
  (token) => `"odd one"+${token}%40x@exämple.test`,
  (token) => `ANN.${token.toUpperCase()}@EXAMPLE.TEST`,
];

const POSTAL: readonly Spelling[] = [
  (token) => `Straße des 17. Juni ${token}/b\n10623 Berlin\nÑandú`,
  (token) => `"The ${token}", c/o \\O'Neill\\, 1000 <Köln> 🏠`,
];

const PHONES: readonly Spelling[] = [
  (digits) => `+49 (0) ${digits}`,
  (digits) => `00${digits}`,
  (digits) => `tel:+${digits};ext=%23`,
];

const IDS: readonly Spelling[] = [
  (token) => `${token}-5f3e-4a1b`,
  (token) => `id of "${token}"`,
  (token) => `${token}\\back/slash`,
  (token) => `${token} ünï💥 e\u0301`,
  (token) => `a:b:${token}:c`,
  (token) => `%2F${token}%00?x=1&y=2#z`,
  (token) => `${token}`.repeat(100),
  (token) => `<${token}>&'`,
  (token) => `  ${token}  `,
];

const pick = (spellings: readonly Spelling[], index: number, token: string): string =>
  (spellings[index % spellings.length] as Spelling)(token);

/** Eight characters of a kind that stand nowhere else. */
const tokenOf = (kind: string, index: number): string =>
  `${kind}${((index + 1) * 2_654_435_761).toString(36).padStart(9, 'q').slice(-9)}`;

/**
 * As many people as asked for; of ten, four are customers of the shop, whose ids are numbers.
 */
export const oddPeople = (count: number): OddPerson[] =>
  Array.from({ length: count }, (_, index) => {
    const customer = index % 10 < 4 ? String(7_310_000_000_000 + index * 7_919) : undefined;
    const digits = 491_510_000_000 + index * 104_729;
    return {
      index,
      name: pick(NAMES, index, tokenOf('n', index)),
      nickname: pick(NAMES, index + 5, tokenOf('k', index)),
      email: pick(EMAILS, index, tokenOf('e', index)),
      home: pick(POSTAL, index, tokenOf('h', index)),
      work: pick(POSTAL, index + 1, tokenOf('w', index)),
      phone: pick(PHONES, index, String(digits)),
      mobile: pick(PHONES, index + 1, String(digits + 50_000)),
      id: customer === undefined ? pick(IDS, index, tokenOf('i', index)) : `shopify:${customer}`,
      ...(customer !== undefined && { customer }),
    };
  });
