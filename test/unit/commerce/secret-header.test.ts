import { expect, test } from 'vitest';
import { readShops } from '../../../lib/commerce/shops.ts';
import { ConfigurationError } from '../../../lib/contract/errors.ts';

const shop = (secretHeader: unknown) => ({
  shops: {
    demo: {
      platform: 'bigcommerce',
      application: 1,
      currency: 'EUR',
      shopId: 'abc123',
      secrets: ['HOOKS'],
      engineCodes: ['*'],
      ...(secretHeader !== undefined && { secretHeader }),
    },
  },
});

test('a shop may name the header that its unsigned hooks carry a secret in, as it arrives: in small letters', () => {
  expect(readShops(shop('x-hook-secret')).get('demo')?.secretHeader).toBe('x-hook-secret');
  expect(readShops(shop(undefined)).get('demo')).not.toHaveProperty('secretHeader');
  for (const wrong of ['X-Hook-Secret', '', 'a b', 'x:', true]) {
    expect(() => readShops(shop(wrong))).toThrow(ConfigurationError);
  }
});
