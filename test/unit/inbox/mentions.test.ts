import { describe, expect, test } from 'vitest';
import { mentionsOf } from '../../../lib/inbox/mentions.ts';
import { demoShop, segment } from './fakes.ts';

const GUEST = `guest:${segment('guest', 'ann@example.test')}`;
const SHOPS = new Map([['demo', demoShop({ profileId: 'eu-{customer}-x' })]]);

const of = (...profiles: string[]) => mentionsOf(profiles, { shops: SHOPS, segment });

const CASES: readonly (readonly [what: string, profile: string, text: string])[] = [
  ['a profile in JSON that was cut off', 'shopify:4711', '{"v":9,"profileId":"shopify:4711","attr'],
  ['a customer’s number by itself', 'shopify:7310000007', '{"payload":{"customer":{"id":7310000007}}}'],
  ['a customer of a shop that names them its own way', 'eu-900817-x', '{"order":{"by":"900817"}}'],
  ['a short number in a field that says whose it is', 'woocommerce:5', '{"customer_id":5,"total":"5"}'],
  ['a short number of a customer', 'woocommerce:5', '{"customer":{"role":"x","id":5}}'],
  ['a short profile in quotes', 'ann', '{"v":9,"about":"ann"}'],
  ['a profile in escapes', 'Zoë"\\💥', '{"profileId":"Zo\\u00eb\\"\\\\\\ud83d\\udca5"}'],
  [
    'a profile in JSON within JSON',
    'id of "ann"',
    JSON.stringify({ detail: JSON.stringify({ profile: 'id of "ann"' }) }),
  ],
  ['a guest’s e-mail address', GUEST, '{"email":" Ann@Example.test "}'],
];

describe('a text that nobody can read names somebody by', () => {
  test.each(CASES)('%s', (_, profile, text) => {
    expect(of('somebody-else', profile).mayName(text)).toBe(true);
    expect(of('somebody-else', profile).names(text)).toBe(true);
  });
});

const OTHERS: readonly (readonly [what: string, profile: string, text: string])[] = [
  ['a longer number', 'shopify:7310000007', '{"customer":{"id":73100000071}}'],
  ['a longer profile', 'shopify:4711', '{"about":"shopify:47110"}'],
  ['a short number that counts something', 'woocommerce:5', '{"quantity":5,"lines":["5"],"customer_id":55}'],
  ['a word that is a short profile', 'ann', '{"note":"ann was here","month":"annual"}'],
  ['another guest’s address', GUEST, '{"email":"ben@example.test"}'],
];

describe('a text does not name somebody by', () => {
  test.each(OTHERS)('%s', (_, profile, text) => {
    expect(of(profile).names(text)).toBe(false);
  });
});
