import httpJsonBodyParser from '@middy/http-json-body-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidRequestError, UnsupportedMediaTypeError } from '../../../lib/contract/errors.ts';
import { jsonBody } from '../../../lib/lambda/json-body.ts';

const read = (body: string | Uint8Array, type: string | undefined = 'application/json'): unknown => {
  const event = {
    headers: { 'content-type': type },
    body: Buffer.from(body) as unknown,
    isBase64Encoded: false as const,
  };
  jsonBody().before({ event });
  return event.body;
};

const detailsOf = (body: string | Uint8Array): string | undefined => {
  try {
    read(body);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    expect(error.issues).toMatchObject([{ title: 'Invalid JSON', source: { pointer: '' } }]);
    return error.issues?.[0]?.details;
  }
  throw new Error('was read');
};

test('any JSON reads as JSON.parse reads it', () => {
  const values = fc
    .jsonValue({ noUnicodeString: false })
    .filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(values, (value) => {
      const text = JSON.stringify(value);
      expect(read(text)).toEqual(JSON.parse(text));
    }),
  );
});

/** What the parser alone makes of a text. */
const parsed = (text: string): unknown => {
  const event = { headers: { 'content-type': 'application/json' }, body: text as unknown, isBase64Encoded: false };
  try {
    (httpJsonBodyParser().before as unknown as (request: { event: object }) => void)({ event });
    return event.body;
  } catch {
    return 'refused';
  }
};

test('what is read without the look at every key is what the parser reads, and what it refuses is refused', () => {
  const names = fc.constantFrom('__proto__', 'constructor', 'prototype', 'a');
  const escaped = (name: string) =>
    fc
      .array(fc.boolean(), { minLength: 11, maxLength: 11 })
      .map((which) =>
        [...name]
          .map((unit, at) => (which[at] ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : unit))
          .join(''),
      );
  const key = fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: names.chain(escaped) });
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', '"__proto__"', '"\\u0061"', '{}'),
      fc
        .array(fc.tuple(key, tie('tree')), { maxLength: 3 })
        .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`),
      fc.array(tie('tree'), { maxLength: 2 }).map((values) => `[${values.join(',')}]`),
    ),
  }));
  fc.assert(
    fc.property(tree, (text) => {
      const alone = parsed(text);
      if (alone === 'refused') expect(detailsOf(text)).toBe('holds a key that is not allowed');
      else expect(read(text)).toEqual(alone);
    }),
    { numRuns: 1000 },
  );
});

test.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
  '%s is JSON',
  (type) => {
    expect(read('{"a":1}', type)).toEqual({ a: 1 });
  },
);

test.each([undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
  'a body announced as %s is refused',
  (type) => {
    const event = {
      headers: { 'content-type': type },
      body: Buffer.from('{}') as unknown,
      isBase64Encoded: false as const,
    };
    expect(() => jsonBody().before({ event })).toThrow(UnsupportedMediaTypeError);
  },
);

test('no body is no body, whatever it is announced as', () => {
  expect(read('', 'application/json')).toBeUndefined();
  expect(read('', 'text/plain')).toBeUndefined();
});

test.each(['{', '{"a":1,}', "{'a':1}", ' ', 'undefined', '{"a":NaN}', '[1]x', '\u0000'])('%j is not JSON', (body) => {
  expect(detailsOf(body)).toBe('not JSON');
});

test.each([
  [Buffer.from([0x22, 0xff, 0x22])],
  [Buffer.from([0x22, 0xc3, 0x22])],
  [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  [Buffer.from('{"a":1}', 'utf16le')],
])('bytes that are no UTF-8 are refused and not replaced: %o', (bytes) => {
  expect(['not UTF-8', 'not JSON']).toContain(detailsOf(bytes));
});

test('32 levels are read, one more is refused, however deep it goes on', () => {
  const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);
  expect(read(nested(32))).toBeDefined();
  expect(detailsOf(nested(33))).toBe('nested more than 32 levels deep');
  expect(detailsOf(nested(2_000_000))).toBe('nested more than 32 levels deep');
  expect(detailsOf(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toBe('nested more than 32 levels deep');
});

test('brackets inside of texts are not levels', () => {
  const text = '['.repeat(100);
  expect(read(JSON.stringify([text, `\\"${text}`, '\\']))).toEqual([text, `\\"${text}`, '\\']);
});

test.each([
  '{"__proto__":{"admin":true}}',
  '[{"a":{"__proto__":1}}]',
  '{"\\u005f_proto__":1}',
  '{"constructor":{"prototype":{}}}',
])('a key that sets a prototype is refused: %s', (body) => {
  expect(detailsOf(body)).toBe('holds a key that is not allowed');
});
