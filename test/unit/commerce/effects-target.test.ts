import { expect, test } from 'vitest';
import { readShops } from '../../../lib/commerce/shops.ts';

const SHOP = {
  platform: 'shopify',
  application: 1,
  currency: 'EUR',
  shopId: '548380009',
  secrets: ['now'],
  engineCodes: ['SUMMER*'],
};

const read = (effects: unknown) => readShops({ shops: { demo: { ...SHOP, effects } } }).get('demo')?.effects;

const webhook = (over: object) => ({
  webhook: { url: 'https://shop.example/effects', secrets: ['effects-a'], ...over },
});

test('effects go to the queue unless the shop says otherwise', () => {
  expect(read(undefined)).toBe('queue');
  expect(read('none')).toBe('none');
});

test.each([
  'https://shop.example/effects?tenant=1',
  'https://shop.example:8443/',
  'http://localhost:4000/effects',
  'http://127.0.0.1:4000/',
  'http://[::1]:4000/',
])('a receiver may be %s', (url) => {
  expect(read(webhook({ url }))).toEqual(webhook({ url }));
});

test('one secret signs, or during a rotation two', () => {
  const secrets = ['effects-demo-2', 'effects/demo_1'];
  expect(read(webhook({ secrets }))).toEqual(webhook({ secrets }));
});

test.each<[string, unknown, string]>([
  ['an unknown word', 'email', 'shops.demo.effects: '],
  ['no https', webhook({ url: 'http://shop.example/' }), 'shops.demo.effects.webhook.url: use https'],
  ['a host that only looks local', webhook({ url: 'http://localhost.example/' }), 'webhook.url: use https'],
  ['another scheme', webhook({ url: 'ftp://shop.example/' }), 'shops.demo.effects.webhook.url: '],
  ['no address', webhook({ url: 'shop.example' }), 'shops.demo.effects.webhook.url: '],
  ['credentials', webhook({ url: 'https://user:hunter2@shop.example/' }), 'webhook.url: leave out user and password'],
  ['a user', webhook({ url: 'https://user@shop.example/' }), 'webhook.url: leave out user and password'],
  ['no secret', webhook({ secrets: [] }), 'shops.demo.effects.webhook.secrets: '],
  ['three secrets', webhook({ secrets: ['effects1', 'effects2', 'effects3'] }), 'shops.demo.effects.webhook.secrets: '],
  ['a secret twice', webhook({ secrets: ['effects1', 'effects1'] }), 'webhook.secrets: names the same secret twice'],
  [
    'a secret of something else',
    webhook({ secrets: ['remote-key'] }),
    'webhook.secrets.0: begin its name with "effects"',
  ],
  ['a word too many', webhook({ retries: 3 }), 'shops.demo.effects.webhook: '],
])('a target with %s is refused where it is wrong', (_name, effects, fault) => {
  expect(() => read(effects)).toThrow(fault);
  expect(() => read(effects)).not.toThrow('hunter2');
});

test('every fault is named', () => {
  const faulty = webhook({ url: 'http://shop.example/', secrets: ['other'] });
  expect(() => read(faulty)).toThrow(/webhook\.url: [\s\S]*webhook\.secrets\.0: /);
});
