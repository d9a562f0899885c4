import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../../lib/commerce/json.ts';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';

const read = (text: string | Uint8Array) => readJson(typeof text === 'string' ? Buffer.from(text) : text);

const issuesOf = (text: string | Uint8Array) => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.issues;
    throw error;
  }
  throw new Error('was accepted');
};

describe('integers', () => {
  test('that a number cannot hold come as their digits', () => {
    expect(read('{"id":820982911946154508,"list":[-9007199254740993]}')).toEqual({
      id: '820982911946154508',
      list: ['-9007199254740993'],
    });
  });

  test('that a number can hold stay numbers, to the last one', () => {
    expect(read('[9007199254740991,-9007199254740991,0,1234567890123456]')).toEqual([
      9007199254740991, -9007199254740991, 0, 1234567890123456,
    ]);
  });

  test('in texts and names are left alone, whatever escapes stand around them', () => {
    const text = String.raw`{"a\\":"820982911946154508","820982911946154508":"\"820982911946154508,\\","x":[1]}`;
    expect(read(text)).toEqual(JSON.parse(text));
    const both = String.raw`["\\",820982911946154508,"\\\"",1.5]`;
    expect(read(both)).toEqual(['\\', '820982911946154508', '\\"', 1.5]);
  });

  test('written as fractions or with exponents are numbers', () => {
    const text = '[0.12345678901234567,12345678901234567e2,12345678901234567.0]';
    expect(read(text)).toEqual(JSON.parse(text));
  });

  test('of any length survive anywhere', () => {
    const id = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
    const kept = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 9 }), id), { maxLength: 9 }), (pairs) => {
        const text = `[${pairs.map(([label, value]) => `{${JSON.stringify(label)}:${value}}`).join(',')}]`;
        if (/__proto__/.test(text)) return;
        expect(read(text)).toEqual(pairs.map(([label, value]) => ({ [label]: kept(value) })));
      }),
    );
  });
});

describe('everything else is as with JSON.parse', () => {
  // Node's own way to the digits, which is too slow for us: every number as it was written.
  const digits = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? context?.source
      : value;
  const tokens = ['{', '}', '[', ']', ',', ':', '"', '\\', ' ', '-', '+', '.', 'e', '0', '"a"', 'null', '1'.repeat(20)];

  const agrees = (text: string): void => {
    let expected: unknown;
    try {
      expected = JSON.parse(text, digits);
    } catch {
      expect(() => read(text)).toThrow(InvalidRequestError);
      return;
    }
    expect(read(text)).toEqual(expected);
  };

  test('what it reads', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), (text) => agrees(text.replaceAll('__proto__', ''))));
  });

  test('what it refuses', () => {
    const noise = fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((parts) => parts.join(''));
    const near = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom(...tokens))
      .map(([text, at, token]) => text.slice(0, at % (text.length + 1)) + token + text.slice(at % (text.length + 1)));
    fc.assert(
      fc.property(fc.oneof(noise, near), (text) => agrees(text.replaceAll('__proto__', ''))),
      { numRuns: 5000 },
    );
  });
});

describe('a body is refused, with a pointer and without quoting it, when', () => {
  const secret = 'jon@example.com';
  const cases: [string, string | Uint8Array][] = [
    ['it is empty', ''],
    ['it is cut off', `{"email":"${secret}`],
    ['it is cut off in an escape', `{"email":"${secret}\\`],
    ['something follows it', `{"email":"${secret}"}}`],
    ['a long number is a name', `{820982911946154508:"${secret}"}`],
    ['a long number has leading zeros', '[0820982911946154508]'],
    ['it is no JSON', secret],
    ['it begins with a byte order mark', `\uFEFF{"email":"${secret}"}`],
    ['it is not UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
    ['it is UTF-16', Buffer.from(`{"email":"${secret}"}`, 'utf16le')],
    ['it nests 65 levels', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['it nests a million levels', `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`],
    ['it only opens', '['.repeat(1_000_000)],
  ];

  test.each(cases)('%s', (_name, text) => {
    const issues = issuesOf(text);
    expect(issues).toMatchObject([{ title: 'Invalid JSON', source: { pointer: '' } }]);
    expect(JSON.stringify(issues)).not.toContain(secret);
  });

  test('a key is __proto__, however it is spelled and wherever it stands', () => {
    for (const key of [
      '__proto__',
      '\\u005f_proto__',
      '_\\u005Fproto__',
      '__\\u0070roto__',
      '__pr\\u006fto__',
      '__pro\\u0074o__',
    ]) {
      const text = `{"id":820982911946154508,"a":[{"b/c":{"${key}":{"polluted":true}}}]}`;
      expect(issuesOf(text)).toMatchObject([{ source: { pointer: '/a/0/b~1c/__proto__' } }]);
    }
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });
});

test('64 levels are read, brackets in texts do not count, __proto__ as a text is one', () => {
  expect(read(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined();
  expect(read(JSON.stringify({ note: '['.repeat(200), name: '__proto__' }))).toEqual({
    note: '['.repeat(200),
    name: '__proto__',
  });
});

test('no bytes at all make it throw anything else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
