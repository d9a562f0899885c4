import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, hashOf, withId } from '../../../lib/promotions/canonical.ts';

test('keys are sorted at every depth, lists keep their order, nothing is undefined', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 'ü' }, 2, 1], a: undefined, A: null })).toBe(
    '{"A":null,"b":[{"c":"ü","d":1},2,1]}',
  );
});

test('the order in which an object was made does not matter', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(object));
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
    }),
  );
});

test('an id is the SHA-256 of the content', () => {
  expect(hashOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const content = {
    accountId: 1,
    applications: [],
    campaigns: [],
    audiences: [],
    attributes: [],
    additionalCosts: [],
  };
  expect(withId(content).id).toBe(hashOf(canonicalJson(content)));
});
