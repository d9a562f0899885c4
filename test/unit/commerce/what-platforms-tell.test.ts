import { describe, expect, test } from 'vitest';
import type { Activity, CommerceEvent, Delivery } from '../../../lib/commerce/event.ts';
import type { Platform } from '../../../lib/commerce/platform.ts';
import { bigcommerce } from '../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { shopify } from '../../../lib/commerce/platforms/shopify/shopify.ts';
import { standard } from '../../../lib/commerce/platforms/standard/standard.ts';
import { stripe } from '../../../lib/commerce/platforms/stripe/stripe.ts';
import { woocommerce } from '../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { UnauthorizedError } from '../../../lib/contract/errors.ts';
import { CommerceEventSchema } from '../../../lib/inbox/commerce-event.ts';
import { json, testServer } from '../../support/http-server.ts';
import * as adobe from './platforms/adobe-commerce/samples.ts';
import * as big from './platforms/bigcommerce/fake-store.ts';
import * as ct from './platforms/commercetools/samples.ts';
import * as shop from './platforms/shopify/samples.ts';
import * as own from './platforms/standard/samples.ts';
import * as pay from './platforms/stripe/fake-account.ts';
import * as woo from './platforms/woocommerce/samples.ts';

type Settings = { customerDeleted?: 'ignore' | 'event' };
type Tell = (settings?: Settings) => CommerceEvent[];

const bytes = (body: unknown): Delivery => ({
  method: 'POST',
  query: {},
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});
const adobeTold =
  (type: string, value: object): Tell =>
  (settings) =>
    adobe.interpret(adobe.event(type, value), settings);
const big1 =
  (scope: string, data: object): Tell =>
  (settings) =>
    bigcommerce.interpret(big.hook(scope, data), big.contextOf(settings));
const ct1 =
  (body: unknown): Tell =>
  (settings) =>
    ct.interpret(body, settings);
const shop1 =
  (topic: string, body: object): Tell =>
  (settings) =>
    shopify.interpret(shop.delivery(topic, body), shop.contextOf(settings));
const own1 =
  (body: unknown): Tell =>
  (settings) =>
    standard.interpret(bytes(body), own.contextOf(settings));
const pay1 =
  (delivery: Delivery): Tell =>
  (settings) =>
    stripe.interpret(delivery, pay.contextOf(settings));

const updatedAt = '2026-03-01T12:00:00Z';
const activityIn = (events: readonly CommerceEvent[]): Activity[] =>
  events.flatMap((event) => (event.type === 'activity' ? [event.activity] : []));
const pseudonym = (address: string) => `guest:pseudonym-of-${Buffer.from(address).toString('hex')}`;

describe('a cart that was deleted', () => {
  test.each<[string, Tell, string]>([
    ['bigcommerce', big1('store/cart/deleted', { id: big.CART_ID.toUpperCase() }), `bigcommerce:demo:${big.CART_ID}`],
    ['commercetools', ct1(ct.change('Deleted', 'cart', 'cart-1')), 'commercetools:demo:cart-1'],
    ['standard', own1({ type: 'cart_deleted', id: 'c-77', updatedAt }), 'standard:demo:c-77'],
    ['standard, by session', own1({ type: 'cart_deleted', id: 'c-77', updatedAt, session: 'mine' }), 'mine'],
  ])('is told by %s with the session that the cart has', (_, tell, session) => {
    const [event] = tell();
    expect(event).toMatchObject({ type: 'activity', activity: { name: 'cart_deleted', session } });
    expect(CommerceEventSchema.parse(event)).toEqual(event);
  });

  test('is told by nobody else: a checkout of Shopify is not named, one of Stripe sold nothing and may be bought yet', () => {
    expect(shop1('checkouts/delete', shop.sample('checkouts/delete'))()).toEqual([]);
    expect(pay1(pay.event('checkout.session.expired', { object: 'checkout.session', id: 'cs_1' }))()).toEqual([]);
  });

  test('of another store is refused', () => {
    const hook = big.hook('store/cart/deleted', { id: big.CART_ID }, { producer: 'stores/other' });
    expect(() => bigcommerce.interpret(hook, big.contextOf())).toThrow(UnauthorizedError);
  });
});

test('a cart that was abandoned is the cart as it is, and that it was', async () => {
  const store = await big.fakeStore();
  const [event] = await big.read(store, big.hook('store/cart/abandoned', { type: 'cart', id: big.CART_ID }));
  const [cart] = await big.read(store, big.hook('store/cart/updated', { type: 'cart', id: big.CART_ID }));
  expect(event).toEqual({ ...cart, id: event?.id, abandoned: true });
  expect(CommerceEventSchema.parse(event)).toEqual(event);
  expect(own1(own.cart({ abandoned: true }))()).toMatchObject([{ type: 'cart', abandoned: true }]);
  expect(own1(own.cart())()[0]).not.toHaveProperty('abandoned');
});

describe('a customer whose record was deleted', () => {
  const cases: [string, Tell, string][] = [
    ['shopify', shop1('customers/delete', shop.sample('customers/delete')), '706405506930370084'],
    ['bigcommerce', big1('store/customer/deleted', { id: 7 }), '7'],
    ['commercetools', ct1(ct.message('CustomerDeleted', 'customer', 'customer-1')), 'customer-1'],
    ['stripe', pay1(pay.event('customer.deleted', { object: 'customer', id: 'cus_1', deleted: true })), 'cus_1'],
    ['adobe-commerce', adobeTold('observer.customer_delete_commit_after', { entity_id: '7' }), '7'],
    ['standard', own1({ type: 'customer_deleted', id: 42, updatedAt }), '42'],
  ];
  test.each(cases)('is told by %s where the shop says so, and else by nobody', (_, tell, customer) => {
    expect(tell()).toEqual([]);
    const [event] = tell({ customerDeleted: 'event' });
    expect(event).toMatchObject({ type: 'activity', activity: { name: 'customer_deleted', customer } });
    expect(CommerceEventSchema.parse(event)).toEqual(event);
  });

  test('is looked for in a WooCommerce shop: the topic is not signed, and a body of an order looks the same', async () => {
    const there = new Set(['7']);
    const server = await testServer((response, { url }) => {
      const id = url.split('/').at(-1) ?? '';
      if (there.has(id)) json(response, 200, woo.customer());
      else json(response, 404, { code: 'woocommerce_rest_invalid_id' });
    });
    const told = async (settings: Settings) => {
      const context = woo.contextOf({ ...settings, api: { url: server.url, secret: 'API' } });
      const [thin] = woocommerce.interpret(woo.delivery({ id: 7 }, 'customer.deleted'), context);
      if (thin?.type !== 'thin') throw new Error(`it became ${thin?.type}`);
      return woocommerce.complete?.(thin, { ...context, fetch, apiSecret: 'ck:cs' });
    };
    expect(await told({ customerDeleted: 'event' })).toEqual([]);
    there.clear();
    expect(await told({ customerDeleted: 'event' })).toMatchObject([
      { type: 'activity', activity: { name: 'customer_deleted', customer: '7' } },
    ]);
    expect(server.received).toHaveLength(2);
    expect(await told({})).toEqual([]);
    expect(server.received).toHaveLength(2);
  });
});

describe('a customer is linked to the guest of their e-mail address, by a pseudonym', () => {
  test.each<[string, Tell, readonly string[]]>([
    ['shopify', shop1('customers/update', shop.sample('customers/update')), ['bob@biller.com']],
    [
      'commercetools',
      ct1(ct.message('CustomerCreated', 'customer', 'customer-1', { customer: ct.customer() })),
      ['jon@example.com'],
    ],
    [
      'adobe-commerce',
      adobeTold('observer.customer_save_commit_after', { id: 7, updated_at: '2026-01-01 12:00:00', email: 'Jo@x.org' }),
      ['jo@x.org'],
    ],
    [
      'stripe, the former one too',
      pay1(
        pay.event(
          'customer.updated',
          {},
          {
            data: {
              object: { object: 'customer', id: 'cus_1', email: 'new@x.org' },
              previous_attributes: { email: 'old@x.org' },
            },
          },
        ),
      ),
      ['new@x.org', 'old@x.org'],
    ],
    ['standard', own1(own.customer({ email: ' Ann@x.org' })), ['ann@x.org']],
    [
      'woocommerce, the billing address too',
      () => woo.interpret(woo.customer({ billing: { email: 'bill@x.org' } }), 'customer.updated'),
      ['jo@example.com', 'bill@x.org'],
    ],
  ])('%s', (_, tell, addresses) => {
    const [event] = tell();
    expect(event).toMatchObject({ type: 'customer', customer: { links: addresses.map(pseudonym) } });
    expect(CommerceEventSchema.parse(event)).toEqual(event);
    expect(JSON.stringify(event)).not.toContain('@');
  });

  test('bigcommerce, when it is read', async () => {
    const hook = big.hook('store/customer/updated', { type: 'customer', id: 7 });
    expect(await big.read(await big.fakeStore(), hook)).toMatchObject([
      { customer: { links: [pseudonym('ann@example.com')] } },
    ]);
  });

  test('an erased WooCommerce address is nobody’s: all of the erased have the same', () => {
    const [event] = woo.interpret(woo.customer({ billing: { email: 'deleted@site.invalid' } }), 'customer.updated');
    expect(event).toMatchObject({ customer: { links: [pseudonym('jo@example.com')] } });
  });

  test('commercetools tells of a changed address, and the record is read as well', () => {
    const told = ct1(
      ct.message('CustomerEmailChanged', 'customer', 'customer-1', { email: 'new@x.org', oldEmail: 'old@x.org' }),
    )();
    const links = [pseudonym('new@x.org'), pseudonym('old@x.org')];
    expect(told).toMatchObject([
      { type: 'activity', activity: { name: 'customer_linked', customer: 'customer-1', links } },
      { type: 'thin', resource: 'customer/customer-1' },
    ]);
    expect(JSON.stringify(told)).not.toContain('@');
  });
});

describe('customers who were merged', () => {
  const merge = (status: string) => shop1('customers/merge', { ...shop.sample('customers/merge'), status });

  test('in Shopify are told of the one that was kept, who is read anew', () => {
    const told = merge('completed')();
    expect(told).toMatchObject([
      { type: 'activity', activity: { name: 'customer_merged', customer: '1', links: ['shopify:2'] } },
      { type: 'thin', resource: 'customer/1' },
    ]);
    for (const event of told) expect(CommerceEventSchema.parse(event)).toEqual(event);
  });

  test('are not, as long as the merge is not done', () => {
    for (const status of ['failed', 'in_progress', 'queued', '']) expect(merge(status)()).toEqual([]);
  });

  test('are told by a shop of its own beside the record', () => {
    const told = own1(own.customer({ merged: [43, '44'] }))();
    expect(told.map(({ type }) => type)).toEqual(['customer', 'activity']);
    expect(activityIn(told)).toEqual([
      { name: 'customer_merged', customer: '42', links: ['standard:43', 'standard:44'] },
    ]);
  });
});

describe('an order that was fulfilled', () => {
  const isFulfilled = (events: readonly CommerceEvent[]) =>
    events.map((event) => event.type === 'order' && (event.order.fulfilled ?? false));

  test.each<[string, (state: unknown) => CommerceEvent[], unknown, unknown[]]>([
    [
      'shopify',
      (state) => shop1('orders/fulfilled', { ...shop.sample('orders/fulfilled'), fulfillment_status: state })(),
      'fulfilled',
      ['partial', 'restocked', null],
    ],
    ['woocommerce', (status) => woo.interpret(woo.order({ status })), 'completed', ['processing', 'refunded']],
    ['commercetools', (state) => ct1(ct.created({ shipmentState: state }))(), 'Delivered', ['Partial', 'Ready', null]],
    ['commercetools, on its way', (state) => ct1(ct.created({ shipmentState: state }))(), 'Shipped', ['Delayed']],
    [
      'adobe-commerce',
      (state) => adobe.interpret(adobe.event(adobe.SAVED, adobe.order({ state, total_paid: '25' }))),
      'complete',
      ['processing'],
    ],
    ['standard', (fulfilled) => own1(own.order({ fulfilled }))(), true, [false, undefined]],
  ])('is told by %s, all of it and not a part', (_, tell, done, others) => {
    expect(isFulfilled(tell(done))).toEqual([true]);
    expect(CommerceEventSchema.parse(tell(done)[0])).toEqual(tell(done)[0]);
    for (const other of others) expect(isFulfilled(tell(other))).toEqual([false]);
  });

  test('is told by bigcommerce, when it is read', async () => {
    for (const [status_id, fulfilled] of [
      [2, true],
      [10, true],
      [3, false],
      [11, false],
      [14, false],
    ] as const) {
      expect(isFulfilled(await big.read(await big.fakeStore(big.things({ status_id }))))).toEqual([fulfilled]);
    }
  });
});

describe('a dispute that was lost', () => {
  const body = { ...shop.sample('disputes/update'), status: 'lost', currency: 'USD' };
  const ORDER = shop.exact({ ...shop.sample('orders/paid'), cancelled_at: null, financial_status: 'paid' });

  const told = async (dispute: object): Promise<CommerceEvent[]> => {
    const server = await testServer((response, { url }) => {
      const answer = url.includes('/disputes/') ? `{"dispute":${JSON.stringify(dispute)}}` : `{"order":${ORDER}}`;
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
    const context = shop.contextOf({ api: { url: server.url, secret: 'API' } });
    const events = shopify.interpret(shop.delivery('disputes/update', JSON.stringify(dispute)), context);
    const platform: Platform = shopify;
    const whole = events.map((event) =>
      event.type === 'thin' ? platform.complete?.(event, { ...context, fetch, apiSecret: 'shpat' }) : [event],
    );
    return (await Promise.all(whole)).flatMap((each) => each ?? []);
  };

  test('in Shopify is part of what its order gave back', async () => {
    const [event] = await told(body);
    expect(event).toMatchObject({
      type: 'order',
      order: { id: '820982911946154508', returns: [{ amount: '11.50', lines: [], dispute: true }] },
    });
    expect(CommerceEventSchema.parse(event)).toEqual(event);
  });

  test('is nothing as long as it is not lost, or of no order', async () => {
    expect(await told({ ...body, status: 'under_review' })).toEqual([]);
    expect(await told({ ...body, order_id: null })).toEqual([]);
  });

  test('in another currency is put aside: the shop has no amount of it', async () => {
    await expect(told({ ...body, currency: 'CAD' })).rejects.toThrow('settle the promotions of its order by hand');
  });

  test('of a shop of its own says so beside the refund', () => {
    const returns = [{ id: 'd', amount: '5.00', dispute: true }];
    expect(own1(own.order({ returns }))()).toMatchObject([
      { order: { returns: [{ id: 'd', amount: '5.00', lines: [], dispute: true }] } },
    ]);
  });
});
