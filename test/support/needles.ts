import { createHash } from 'node:crypto';

/** A text that is looked for, and how else it may be written. */
export interface Needle {
  /** What it is called when it is found. */
  readonly name: string;
  readonly value: string;
}

/** The shortest text that can be told from chance, in bytes. */
const SHORTEST = 8;

/** Long texts are cut where they are stored: a part of one is enough to know it. */
const LONGEST = 200;

/** Looks for all needles at once, in one pass, however many there are. */
export interface Search {
  /** @returns the names of the needles that are there, in any shape, with the shape in which each was seen first. */
  find(content: Uint8Array | string): ReadonlyMap<string, string>;
}

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const inAscii = (text: string): string =>
  inJson(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const trimmed = (text: string): string[] => [...new Set([text, text.trim()])];

/** As people and programs write the same text. */
const spellings = (value: string): string[] => [
  ...new Set(
    [value, value.normalize('NFC'), value.normalize('NFD')]
      .flatMap(trimmed)
      .flatMap((text) => [
        ...[text, text.toLowerCase()],
        ...[inJson(text), inJson(inJson(text)), inAscii(text)],
        ...[encodeURIComponent(text), html(text)],
        ...[Buffer.from(text).toString('base64').replace(/=+$/, ''), Buffer.from(text).toString('base64url')],
        Buffer.from(text).toString('hex'),
      ]),
  ),
];

/** Hashes that anybody can make who guesses the value. A digest that was cut short is one too. */
const digests = (value: string): Buffer[] =>
  [...new Set(trimmed(value).flatMap((text) => [text, text.toLowerCase(), text.normalize('NFC')]))].flatMap((text) =>
    ['sha256', 'sha1', 'md5'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest();
      const texts = (['hex', 'base64', 'base64url'] as const).map((encoding) => digest.toString(encoding));
      return [
        digest,
        ...texts.map((each) => Buffer.from(each.slice(0, 20))),
        Buffer.from(texts[0]?.toUpperCase() ?? ''),
      ];
    }),
  );

/** Pieces by which a long text is known: the first, the last, and what is between. */
const pieces = (bytes: Buffer): Buffer[] => {
  if (bytes.length <= LONGEST) return [bytes];
  const middle = Math.floor((bytes.length - LONGEST) / 2);
  return [0, middle, bytes.length - LONGEST].map((from) => bytes.subarray(from, from + LONGEST));
};

const BITS = 22;

const slotOf = (bytes: Uint8Array, at: number): number => {
  let low = 0;
  let high = 0;
  for (let index = 3; index >= 0; index--) {
    low = (low << 8) | (bytes[at + index] as number);
    high = (high << 8) | (bytes[at + 4 + index] as number);
  }
  return slot(low, high);
};

const slot = (low: number, high: number): number =>
  (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> (32 - BITS);

interface Anchored {
  readonly name: string;
  readonly shape: string;
  readonly bytes: Buffer;
  /** Where the eight bytes begin by which it is looked up: those that the fewest others have. */
  readonly anchor: number;
}

/** Makes a search for values in every spelling, and for their hashes without a key. @throws Error for a value too short. */
export const searchFor = (needles: readonly Needle[]): Search => {
  const all = needles.flatMap(({ name, value }) => {
    const written = spellings(value).flatMap((text) =>
      pieces(Buffer.from(text)).map((bytes) => ({ name, shape: text, bytes })),
    );
    written.push(...pieces(Buffer.from(value, 'utf16le')).map((bytes) => ({ name, shape: 'UTF-16', bytes })));
    if (written.some(({ bytes }) => bytes.length < SHORTEST)) throw new Error(`${name} is too short to be looked for`);
    return [...written, ...digests(value).map((bytes) => ({ name, shape: 'a hash without a key', bytes }))];
  });
  const often = new Uint32Array(1 << BITS);
  for (const { bytes } of all) {
    for (let at = 0; at + SHORTEST <= bytes.length; at++)
      often[slotOf(bytes, at)] = (often[slotOf(bytes, at)] ?? 0) + 1;
  }
  const bySlot = new Map<number, Anchored[]>();
  const isThere = new Uint8Array(1 << BITS);
  for (const each of all) {
    let anchor = 0;
    for (let at = 1; at + SHORTEST <= each.bytes.length; at++) {
      if ((often[slotOf(each.bytes, at)] ?? 0) < (often[slotOf(each.bytes, anchor)] ?? 0)) anchor = at;
    }
    const key = slotOf(each.bytes, anchor);
    isThere[key] = 1;
    const others = bySlot.get(key);
    if (others) others.push({ ...each, anchor });
    else bySlot.set(key, [{ ...each, anchor }]);
  }
  return {
    find: (content) => {
      const bytes = Buffer.from(content as Uint8Array);
      const found = new Map<string, string>();
      if (bytes.length < SHORTEST) return found;
      let low = bytes.readInt32LE(0);
      let high = bytes.readInt32LE(4);
      for (let at = 0; at + SHORTEST <= bytes.length; at++) {
        if (at > 0) {
          low = (low >>> 8) | ((bytes[at + 3] as number) << 24);
          high = (high >>> 8) | ((bytes[at + 7] as number) << 24);
        }
        const key = slot(low, high);
        if (isThere[key] === 0) continue;
        for (const { name, shape, bytes: wanted, anchor } of bySlot.get(key) ?? []) {
          const from = at - anchor;
          if (found.has(name) || from < 0) continue;
          if (bytes.subarray(from, from + wanted.length).equals(wanted)) found.set(name, shape);
        }
      }
      return found;
    },
  };
};
