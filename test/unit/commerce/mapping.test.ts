import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertFits, profileBody, profileOf, sessionContent } from '../../../lib/commerce/mapping.ts';
import { decimal } from '../../../lib/contract/decimal.ts';
import { cart, customer, order } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';

const everything = {
  session: ['orderNumber', 'channel', 'currency', 'test'],
  item: ['giftCard'],
  profile: ['acceptsMarketing', 'tags', 'country', 'state'],
} as const;
const attributes = { session: [...everything.session], item: [...everything.item], profile: [...everything.profile] };

describe('attributes', () => {
  test('none are sent that the shop does not name', () => {
    const content = sessionContent(order().order, shopOf(), false);
    expect(content).not.toHaveProperty('attributes');
    expect(content.cartItems?.[0]).not.toHaveProperty('attributes');
    expect(profileBody(customer({ country: 'CA' }).customer, shopOf())).not.toHaveProperty('attributes');
  });

  test('named ones are sent as far as the event has them', () => {
    const shop = shopOf({ attributes });
    const content = sessionContent(order().order, shop, false);
    expect(content.attributes).toEqual({ orderNumber: '#1', channel: 'web', currency: 'USD', test: false });
    expect(content.cartItems?.[0]?.attributes).toEqual({ giftCard: false });
    expect(sessionContent(cart({ facts: {} }).cart, shop, false)).not.toHaveProperty('attributes');
    expect(profileBody(customer({ tags: ['a'], state: 'enabled' }).customer, shop).attributes).toEqual({
      tags: ['a'],
      state: 'enabled',
    });
  });
});

describe('the profile', () => {
  test('of a customer is named as the shop says', () => {
    expect(profileOf(customer(), shopOf({ profileId: 'crm-{customer}-{platform}' }))).toBe('crm-7-shopify');
    expect(profileOf(order(), shopOf())).toBe('shopify:7');
  });

  test('of a guest is the pseudonym; of nobody, there is none', () => {
    expect(profileOf(cart({ buyer: { guest: 'abc' } }), shopOf())).toBe('guest:abc');
    const { buyer: _, ...nobody } = cart().cart;
    expect(profileOf({ ...cart(), cart: nobody }, shopOf())).toBeUndefined();
    expect(sessionContent(nobody, shopOf(), false)).not.toHaveProperty('profileId');
  });
});

test('lines and costs are always sent, so that what left the cart leaves the session', () => {
  expect(sessionContent(cart({ lines: [], costs: {} }).cart, shopOf(), false)).toMatchObject({
    cartItems: [],
    additionalCosts: {},
  });
});

test('prices are exactly the decimals that the shop wrote', () => {
  const money = fc
    .tuple(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: 3 }))
    .map(([minor, places]) =>
      decimal(minor)
        .div(10 ** places)
        .toFixed(places),
    );
  fc.assert(
    fc.property(money, fc.integer({ min: 1, max: 99 }), (price, quantity) => {
      const content = sessionContent(
        cart({ lines: [{ id: '1', sku: 'A', name: 'A', quantity, price, giftCard: false }], costs: { tip: price } })
          .cart,
        shopOf(),
        false,
      );
      expect(JSON.parse(JSON.stringify(content.cartItems))[0].price).toBe(Number(price));
      expect(decimal(content.cartItems?.[0]?.price ?? -1).eq(price)).toBe(true);
      expect(content.additionalCosts).toEqual({ tip: { price: Number(price) } });
      assertFits(content);
    }),
  );
});
