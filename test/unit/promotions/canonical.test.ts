import { expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/contract/canonical-json.ts';
import { hashOf, withId } from '../../../lib/promotions/canonical.ts';

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
