import type { EffectOf } from '../../lib/contract/effects.ts';
import type { HolderRecord, ProfileRecord, SessionRecord } from '../../lib/engine/records.ts';
import type { Store } from '../../lib/store/store.ts';
import { application, campaign, snapshot } from './engine.ts';
import { sampleBody, testShop } from './shop.ts';

/** A delivery of the order's life. */
export interface LifeEvent {
  readonly topic: string;
  readonly body: string;
}

const CUSTOMER = { id: 7001, admin_graphql_api_id: 'gid://shopify/Customer/7001' };
const MONEY = (amount: string) => ({ shop_money: { amount, currency_code: 'EUR' } });

const ORDER = {
  id: 5001,
  admin_graphql_api_id: 'gid://shopify/Order/5001',
  checkout_token: 'cart-1',
  cart_token: null,
  currency: 'EUR',
  test: false,
  cancelled_at: null,
  total_price: '63.00',
  total_price_set: MONEY('63.00'),
  shipping_lines: [],
  discount_codes: [{ code: 'SUMMER', amount: '7.00', type: 'fixed_amount' }],
  customer: CUSTOMER,
  line_items: [
    {
      id: 1,
      admin_graphql_api_id: 'gid://shopify/LineItem/1',
      sku: 'A',
      title: 'A',
      name: 'A',
      price: '35.00',
      price_set: MONEY('35.00'),
      quantity: 2,
    },
  ],
};

/** One order's life as Shopify tells it: the checkout differs from the order in lines, and each picture is newer. */
export const ORDER_LIFE: Readonly<Record<'checkout' | 'create' | 'paid' | 'updated' | 'cancelled', LifeEvent>> = {
  checkout: {
    topic: 'checkouts/create',
    body: sampleBody('checkouts/create', {
      token: 'cart-1',
      currency: 'EUR',
      presentment_currency: 'EUR',
      updated_at: '2026-06-01T10:00:00Z',
      discount_codes: [{ code: 'SUMMER', amount: '0.00', type: 'fixed_amount' }],
      line_items: [
        { key: 'k', sku: 'A', title: 'A', price: '55.00', quantity: 1, gift_card: false, variant_id: 1, product_id: 1 },
      ],
      shipping_lines: [],
      customer: CUSTOMER,
    }),
  },
  create: {
    topic: 'orders/create',
    body: sampleBody('orders/create', { ...ORDER, financial_status: 'pending', updated_at: '2026-06-01T10:01:00Z' }),
  },
  paid: {
    topic: 'orders/paid',
    body: sampleBody('orders/paid', { ...ORDER, financial_status: 'paid', updated_at: '2026-06-01T10:02:00Z' }),
  },
  updated: {
    topic: 'orders/updated',
    body: sampleBody('orders/updated', {
      ...ORDER,
      financial_status: 'paid',
      updated_at: '2026-06-01T10:03:00Z',
      tags: 'packed',
    }),
  },
  cancelled: {
    topic: 'orders/cancelled',
    body: sampleBody('orders/cancelled', {
      ...ORDER,
      financial_status: 'paid',
      updated_at: '2026-06-01T10:04:00Z',
      cancelled_at: '2026-06-01T10:04:00Z',
    }),
  },
};

/** Shopify tells of the customer before it tells of the order. */
export const CUSTOMER_CREATED: LifeEvent = {
  topic: 'customers/create',
  body: sampleBody('customers/create', { ...CUSTOMER, updated_at: '2026-06-01T09:00:00Z' }),
};

/** One coupon of one use, with a limit for each profile and one on the money given away. */
export const LIFE_PROMOTIONS = snapshot({
  applications: [application()],
  campaigns: [
    campaign({
      limits: [
        { action: 'redeemCoupon', limit: 1, entities: ['Profile'] },
        { action: 'setDiscount', limit: 100, entities: [] },
      ],
    }),
  ],
});

/** What must be the same whatever came in which order: no ids, no times, no log of events. */
export const endState = async (shop: ReturnType<typeof testShop>) => {
  const { store, records } = shop;
  const keys = {
    session: records.session('shopify:test:cart-1').key,
    profile: records.profile('shopify:7001').key,
    use: records.couponUse('SUMMER').key,
    holder: records.couponHolder('SUMMER', 'shopify:7001').key,
    perProfile: records.limit(1, 'redeemCoupon', ['Profile', 'shopify:7001']).key,
    money: records.limit(1, 'setDiscount', []).key,
  };
  const items = await store.get(Object.values(keys));
  const found = Object.fromEntries(Object.keys(keys).map((name, index) => [name, items[index]]));
  const session = found.session?.data as unknown as SessionRecord | undefined;
  const profile = found.profile?.data as unknown as ProfileRecord | undefined;
  const holder = found.holder?.data as unknown as HolderRecord | undefined;
  const count = (name: string, of: string) => found[name]?.counts[of] ?? 0;
  return {
    session: session && {
      state: session.state,
      profileId: session.profileId,
      firstSession: session.firstSession,
      couponCodes: session.couponCodes,
      cartItems: session.cartItems,
      additionalCosts: session.additionalCosts,
      attributes: session.attributes,
      effectsInForce: session.state === 'cancelled' ? [] : session.effects,
    },
    profile: profile && {
      attributes: profile.attributes,
      closedSessions: profile.closedSessions,
      totalSales: profile.totalSales,
      audiences: profile.audiences,
    },
    redemptions: holder?.redemptions ?? 0,
    used: count('use', 'usage'),
    discounted: count('use', 'discount'),
    perProfile: count('perProfile', 'used'),
    money: count('money', 'used'),
  };
};

/** Plays deliveries one after another. */
export const play = async (events: readonly LifeEvent[], store?: Store) => {
  const shop = testShop(LIFE_PROMOTIONS, store);
  for (const { topic, body } of events) {
    const failed = await shop.process(await shop.messagesOf(topic, body));
    if (failed.length > 0) throw shop.lines.at(-1)?.error ?? new Error('a delivery failed');
  }
  return shop;
};

/** The money that the given effects take off. */
export const discountOf = (effects: readonly EffectOf[]): number =>
  effects.reduce((sum, effect) => (effect.effectType === 'setDiscount' ? sum + effect.props.value : sum), 0);
