import { expect, test } from 'vitest';
import { readShops } from '../../../lib/commerce/shops.ts';

const read = (secrets: readonly string[]) =>
  readShops({
    shops: {
      demo: { platform: 'shopify', application: 1, currency: 'EUR', shopId: '1', secrets, engineCodes: ['SUMMER*'] },
    },
  }).get('demo')?.secrets;

test.each([[[]], [['now']], [['new', 'old']]])('the secrets of a shop may be %j', (secrets) => {
  expect(read(secrets)).toEqual(secrets);
});

test('a secret that is named twice is refused: another was meant', () => {
  expect(() => read(['now', 'now'])).toThrow(
    'shops.demo.secrets: names the same secret twice: name it once, or during a rotation the new one and the previous one',
  );
});
