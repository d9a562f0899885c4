import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/contract/canonical-json.ts';

test('keys are sorted at every depth, lists keep their order, nothing is undefined', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 'ü' }, 2, 1, undefined], a: undefined, A: null })).toBe(
    '{"A":null,"b":[{"c":"ü","d":1},2,1,null]}',
  );
});

test('keys stand in the order of their UTF-16 code units, whole numbers among them (RFC 8785, 3.2.3)', () => {
  const names = ['\u20ac', '\r', '\ufb33', '10', '9', '\ud83d\ude00', '\u0080', '\u00f6'];
  const ordered = ['\r', '10', '9', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
  const content = Object.fromEntries(names.map((name) => [name, 0]));
  expect(canonicalJson(content)).toBe(`{${ordered.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
});

test('numbers and texts are written as RFC 8785 has them', () => {
  const numbers = [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0];
  expect(canonicalJson(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]');
  expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
});

test('the order in which an object was made does not matter, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(object));
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
    }),
  );
});

test('what is written is in the one form already', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (content) => {
      const text = canonicalJson(content);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});
