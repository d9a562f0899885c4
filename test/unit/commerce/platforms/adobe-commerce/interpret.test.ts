import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Order } from '../../../../../lib/commerce/event.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { ApiError, InvalidRequestError, UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { type Body, CLIENT, event, interpret, item, order, SAVED } from './samples.ts';

const orderWith = (changes: object, settings: Partial<Shop> = {}): Order => {
  const [told] = interpret(event(SAVED, order(changes)), settings);
  if (told?.type !== 'order') throw new Error(`an order became ${told?.type}`);
  return told.order;
};

const WEBHOOK = { 'x-adobe-commerce-webhook-signature': 'checked before' };

describe('an event of which the merchant chose enough', () => {
  test('is the whole order', () => {
    const text = JSON.stringify(event(SAVED, order()));
    const digest = createHash('sha256').update(text).digest('hex');
    expect(interpret(text)).toEqual([
      {
        id: digest,
        shop: 'demo',
        type: 'order',
        version: { updatedAt: '2026-01-01T12:01:00Z', digest },
        order: {
          id: '100',
          session: 'adobe-commerce:demo:77',
          buyer: { customer: '7' },
          currency: 'USD',
          lines: [{ id: '11', sku: 'SHIRT-L', name: 'Shirt', quantity: 2, price: '10.08', giftCard: false }],
          costs: { shipping: '5' },
          codes: ['SUMMER-1'],
          facts: { orderNumber: '000000100', channel: 'Default Store View', currency: 'USD', test: false },
          payment: 'unpaid',
          cancelled: false,
          test: false,
          returns: [],
        },
      },
    ]);
  });

  test('is it by whatever was saved, with the order beside a quote too', () => {
    for (const type of ['observer.sales_order_place_after', 'plugin.magento.sales.api.order_repository.save']) {
      expect(interpret(event(type, order()))).toMatchObject([{ type: 'order' }]);
    }
    const both = { order: order(), quote: { entity_id: 77 } };
    expect(interpret(event('observer.checkout_submit_all_after', both))).toMatchObject([{ order: { id: '100' } }]);
  });

  test('lets nothing of the person through, not even what should never have been sent', () => {
    const personal = /jon|elm|555|192\.0|hash-of-it|token-of-it/i;
    for (const changes of [{}, { customer_id: null, customer_is_guest: 1, customer_email: null }]) {
      expect(JSON.stringify(interpret(event(SAVED, order(changes))))).not.toMatch(personal);
    }
    expect(JSON.stringify(interpret(event('observer.customer_save_commit_after', order())))).not.toMatch(personal);
  });
});

describe('an event that says too little', () => {
  const thin = { type: 'thin', resource: 'order/100' };

  test('names the order that has to be read', () => {
    const { entity_id, increment_id, created_at, updated_at } = order();
    const few = { entity_id, increment_id, created_at, updated_at, items: [{ item_id: '11' }] };
    expect(interpret(event(SAVED, few))).toMatchObject([{ ...thin, version: { updatedAt: '2026-01-01T12:01:00Z' } }]);
    expect(interpret(event(SAVED, { entity_id: 100 }))).toMatchObject([
      { ...thin, version: { updatedAt: '0000-01-01T00:00:00Z' } },
    ]);
  });

  test('is one that lacks any of what makes the picture, for then it is not known', () => {
    const needed = 'quote_id state coupon_code customer_id items updated_at grand_total shipping_amount'.split(' ');
    for (const name of needed) {
      const { [name]: _, ...rest } = order();
      expect(interpret(event(SAVED, rest))).toMatchObject([thin]);
    }
    for (const name of ['item_id', 'parent_item_id', 'sku', 'qty_ordered', 'price']) {
      const { [name]: _, ...rest } = item('11');
      expect(interpret(event(SAVED, order({ items: [rest] })))).toMatchObject([thin]);
    }
    const { total_paid, ...unknown } = order({ state: 'processing' });
    expect(interpret(event(SAVED, unknown))).toMatchObject([thin]);
    expect(interpret(event(SAVED, { ...unknown, state: 'new' }))).toMatchObject([{ type: 'order' }]);
    const { customer_email, ...guest } = order({ customer_id: null });
    expect(interpret(event(SAVED, guest))).toMatchObject([thin]);
  });

  test('is one with refunds, whose lines are told elsewhere, or with other amounts than count for the shop', () => {
    for (const changes of [{ state: 'closed' }, { total_refunded: '5.0000' }, { order_currency_code: 'EUR' }]) {
      expect(interpret(event(SAVED, order(changes)))).toMatchObject([thin]);
    }
    const { shipping_incl_tax, ...net } = order();
    expect(interpret(event(SAVED, net), { prices: 'gross' })).toMatchObject([thin]);
    const { price_incl_tax, ...line } = item('11');
    expect(interpret(event(SAVED, order({ items: [line] })), { prices: 'gross' })).toMatchObject([thin]);
    expect(interpret(event(SAVED, order()), { prices: 'gross' })).toMatchObject([{ type: 'order' }]);
  });

  test('is one of an invoice or a credit memo: its order has to be read', () => {
    for (const type of ['observer.sales_order_creditmemo_save_after', 'observer.sales_order_invoice_pay']) {
      expect(interpret(event(type, { entity_id: '5', order_id: '100', updated_at: null }))).toMatchObject([thin]);
    }
  });

  test('says nothing without an id, and nothing of what is not followed', () => {
    expect(interpret(event(SAVED, { increment_id: '1' }))).toEqual([]);
    for (const type of ['observer.customer_delete_commit_after', 'observer.checkout_cart_product_add_after', 'x', '']) {
      expect(interpret(event(type, { entity_id: 1 }))).toEqual([]);
    }
    expect(interpret({ ...event('', {}), event: { type: SAVED, data: null } })).toEqual([]);
  });
});

describe('the recipient', () => {
  const { event: inner } = event(SAVED, order());

  test('is this client, in either envelope', () => {
    expect(interpret({ ...inner, recipientclientid: CLIENT })).toMatchObject([{ order: { id: '100' } }]);
    expect(interpret({ ...inner, recipient_client_id: CLIENT })).toHaveLength(1);
  });

  test('must be named, and be nobody else: Adobe signs for all of its customers', () => {
    const bodies = [
      { event: inner },
      inner,
      { event: inner, recipient_client_id: 'another' },
      { event: inner, recipient_client_id: [CLIENT] },
      { event: inner, recipient_client_id: null },
      { event: inner, recipient_client_id: CLIENT, recipientclientid: 'another' },
      event('not.followed', {}, { recipient_client_id: 'another' }),
    ];
    for (const body of bodies) expect(() => interpret(body)).toThrow(UnauthorizedError);
  });

  test('cannot be left out of an event by calling it a webhook, if it names another', () => {
    const body = { ...order(), recipient_client_id: 'another' };
    expect(() => interpret(body, {}, WEBHOOK)).toThrow(UnauthorizedError);
  });
});

describe('a commerce webhook', () => {
  test('tells of the order in it', () => {
    for (const body of [{ order: order() }, { data: { order: order() } }, order()]) {
      expect(interpret(body, {}, WEBHOOK)).toMatchObject([{ type: 'order', order: { id: '100' } }]);
    }
    expect(interpret({ order: { entity_id: 100, increment_id: '1' } }, {}, WEBHOOK)).toMatchObject([
      { type: 'thin', resource: 'order/100' },
    ]);
  });

  test('of anything else, or of an order that has no id yet, says nothing', () => {
    for (const body of [{ product: { entity_id: 1 } }, { entity_id: 1 }, { order: { increment_id: '1' } }, {}]) {
      expect(interpret(body, {}, WEBHOOK)).toEqual([]);
    }
  });
});

describe('ids', () => {
  test('are numbers or texts, and lose no digit', () => {
    for (const entity_id of ['9007199254740993', 100]) {
      expect(orderWith({ entity_id }).id).toBe(String(entity_id));
    }
    const text = JSON.stringify(event(SAVED, order())).replace('"quote_id":77', '"quote_id":9007199254740993');
    expect(interpret(text)).toMatchObject([{ order: { session: 'adobe-commerce:demo:9007199254740993' } }]);
  });

  test('of 0 or nothing are none', () => {
    for (const none of [0, '0', '', null]) {
      expect(orderWith({ quote_id: none }).session).toBe('adobe-commerce:demo:order:100');
      expect(orderWith({ customer_id: none }).buyer).toEqual({
        guest: `pseudonym-of-${Buffer.from('jon@example.com').toString('hex')}`,
      });
    }
    expect(orderWith({ customer_id: null, customer_email: null }).buyer).toBeUndefined();
  });

  test('of the session are the storefront’s own, where the shop says in which attribute', () => {
    const changes = { extension_attributes: { promotion_session: 'mine' } };
    expect(orderWith(changes, { sessionAttribute: 'promotion_session' }).session).toBe('mine');
    expect(orderWith(changes, { sessionAttribute: 'toString' }).session).toBe('adobe-commerce:demo:77');
    expect(orderWith(changes).session).toBe('adobe-commerce:demo:77');
  });
});

test('times are UTC, though they do not say so', () => {
  const at = (updated_at: string) => interpret(event(SAVED, order({ updated_at })))[0]?.version.updatedAt;
  expect(at('2026-03-29 02:30:00')).toBe('2026-03-29T02:30:00Z');
  expect(at('2026-03-29T02:30:00+02:00')).toBe('2026-03-29T00:30:00Z');
  for (const wrong of ['2026-02-30 00:00:00', '2026-03-29 02:30', '29.03.2026', '']) {
    expect(() => at(wrong)).toThrow(InvalidRequestError);
  }
});

describe('lines', () => {
  const lines = (...items: object[]) =>
    orderWith({ items: items.map((each, index) => item(String(index + 1), each)) }).lines;

  test('with a line above them are that line’s parts, and counted once', () => {
    const bundle = { product_type: 'bundle', price: 30 };
    expect(lines(bundle, { parent_item_id: 1 }, { parent_item_id: '1' }, {}).map(({ id }) => id)).toEqual(['1', '4']);
  });

  test('count what was not cancelled; all of it, when all of the order was', () => {
    const some = { qty_ordered: '3.0000', qty_canceled: 1 };
    expect(lines(some)).toMatchObject([{ quantity: 2 }]);
    expect(lines({ ...some, qty_canceled: '3.0000' })).toEqual([]);
    const cancelled = orderWith({ state: 'canceled', items: [item('1', { ...some, qty_canceled: 3 })] });
    expect(cancelled).toMatchObject({ cancelled: true, payment: 'unpaid', lines: [{ quantity: 3 }] });
  });

  test('of half a metre are one piece at its own price', () => {
    expect(lines({ qty_ordered: '1.5000', price: '10.10' })).toMatchObject([{ quantity: 1, price: '15.15' }]);
  });

  test('come to what their row does, where the price of one was rounded', () => {
    const row = { qty_ordered: 2, price: '8.4000', row_total: '16.7900' };
    expect(lines(row)).toMatchObject([{ quantity: 2, price: '8.395' }]);
    expect(lines({ ...row, qty_canceled: 1 })).toMatchObject([{ quantity: 1, price: '8.395' }]);
    expect(lines({ ...row, row_total: 16.8 }, { ...row, row_total: 0 }, { ...row, row_total: null })).toMatchObject(
      [1, 2, 3].map(() => ({ price: '8.4' })),
    );
    expect(lines({ qty_ordered: '1.5000', price: '10.1000', row_total: 15.14 })).toMatchObject([{ price: '15.14' }]);
  });

  test('have a sku and a name, and say whether they are a gift card', () => {
    expect(lines({ sku: ' ', name: '' }, { sku: null, product_id: null }, { product_type: 'giftcard' })).toMatchObject([
      { sku: 'product:91', name: 'product:91', giftCard: false },
      { sku: 'line:2' },
      { sku: 'SKU-3', giftCard: true },
    ]);
  });
});

describe('money', () => {
  test('is exact, as a text or as the float that it was written as', () => {
    const price = (value: unknown) => orderWith({ items: [item('1', { price: value })] }).lines[0]?.price;
    expect(price('12.6050')).toBe('12.605');
    expect(price(10.08)).toBe('10.08');
    // PHP may write floats with all of their digits.
    expect(interpret(JSON.stringify(event(SAVED, order())).replace('10.08', '10.080000000000000071'))).toMatchObject([
      { order: { lines: [{ price: '10.08' }] } },
    ]);
    expect(price(8.403361344537815)).toBe('8.4033613445');
    for (const wrong of ['-1', '1e3', 'ten', null, {}]) expect(() => price(wrong)).toThrow(InvalidRequestError);
  });

  test('adds up to what the shop charged, with gift cards as payment, whatever the parts', () => {
    const cents = fc.integer({ min: 0, max: 100_000 });
    const part = fc.record({
      price: cents,
      quantity: fc.integer({ min: 1, max: 9 }),
      asText: fc.boolean(),
      isBundle: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        cents,
        cents,
        cents,
        cents,
        (parts, shipping, tax, discount, cards) => {
          const write = (amount: number, asText: boolean) => (asText ? (amount / 100).toFixed(4) : amount / 100);
          const items = parts.flatMap(({ price, quantity, asText, isBundle }, index) => {
            const own = item(String(index + 1), {
              price: write(price, asText),
              qty_ordered: asText ? `${quantity}.0000` : quantity,
            });
            const child = { ...own, item_id: String(index + 100), parent_item_id: index + 1 };
            return isBundle ? [own, child] : [own];
          });
          const charged = parts.reduce(
            (total, { price, quantity }) => total + price * quantity,
            shipping + tax - discount,
          );
          const body = order({
            items,
            shipping_amount: shipping / 100,
            tax_amount: tax / 100,
            discount_amount: -discount / 100,
            gift_cards_amount: cards / 100,
            grand_total: Math.max(0, charged - cards) / 100,
          });
          const [told] = interpret(event(SAVED, body));
          const { lines, costs } = (told as { order: Order }).order;
          const sold = sum(lines.map(({ price, quantity }) => decimal(price).times(quantity)));
          const all = sum([sold, ...Object.values(costs).map(decimal)]).times(100);
          expect(all.minus(discount).plus(tax).toFixed()).toBe(String(charged));
        },
      ),
    );
  });

  test('of shipping is a cost, and none when there is none', () => {
    expect(orderWith({ shipping_amount: '0.0000' }).costs).toEqual({});
    expect(orderWith({ shipping_amount: null }).costs).toEqual({});
  });
});

describe('payment', () => {
  const payment = (state: string, changes: object = {}) => orderWith({ state, ...changes }).payment;

  test('is what was paid, not what the order is called', () => {
    const paid = { total_paid: '25.1600' };
    expect(payment('processing', paid)).toBe('paid');
    expect(payment('processing', { total_paid: 25.15 })).toBe('unpaid');
    expect(payment('processing')).toBe('unpaid');
    expect(payment('holded', paid)).toBe('paid');
    expect(payment('holded')).toBe('unpaid');
    expect(payment('new', paid)).toBe('paid');
    expect(payment('complete')).toBe('paid');
    expect(payment('pending_payment', paid)).toBe('unpaid');
    expect(payment('payment_review', paid)).toBe('unpaid');
    expect(() => payment('bribed')).toThrow(InvalidRequestError);
  });

  test('of nothing is made: gift cards paid for all of it', () => {
    expect(payment('new', { grand_total: 0, gift_cards_amount: 25.16 })).toBe('paid');
    expect(payment('new', { grand_total: '0.0000' })).toBe('paid');
    expect(payment('new', { grand_total: null })).toBe('unpaid');
  });
});

test('codes are one, several or none, and never empty', () => {
  expect(orderWith({ coupon_code: 'A, B,A,, ' }).codes).toEqual(['A', 'B']);
  for (const none of [null, '', ' ']) expect(orderWith({ coupon_code: none }).codes).toEqual([]);
});

describe('a customer', () => {
  const CUSTOMER = 'observer.customer_save_commit_after';

  test('is known by few facts', () => {
    const value = {
      entity_id: '7',
      updated_at: '2026-01-01 12:00:00',
      email: 'jon@example.com',
      addresses: [{ country_id: 'US' }, { country_id: 'DE', default_billing: '1', street: ['Elm St'] }],
      extension_attributes: { is_subscribed: 1 },
    };
    const told = interpret(event(CUSTOMER, value));
    expect(told).toMatchObject([
      { type: 'customer', version: { updatedAt: '2026-01-01T12:00:00Z' }, customer: { id: '7' } },
    ]);
    expect(told[0]?.type === 'customer' && told[0].customer.facts).toEqual({ acceptsMarketing: true, country: 'DE' });
    expect(JSON.stringify(told)).not.toMatch(/jon|Elm/);
  });

  test('without a time has to be read, and one without an id is nobody', () => {
    expect(interpret(event(CUSTOMER, { id: 7 }))).toMatchObject([{ type: 'thin', resource: 'customer/7' }]);
    expect(interpret(event(CUSTOMER, { email: 'jon@example.com' }))).toEqual([]);
  });
});

describe('a body that is not as documented', () => {
  test('is refused with every fault and its place, and never quoted', () => {
    const secret = 'jon@example.com';
    const changes = { state: secret, quote_id: secret, items: [item('1', { qty_ordered: secret })] };
    try {
      interpret(event(SAVED, order(changes)));
      throw new Error('was accepted');
    } catch (error) {
      const { issues } = error as InvalidRequestError;
      expect(issues?.map(({ source }) => Object.values(source)[0])).toEqual([
        '/quote_id',
        '/state',
        '/items/0/qty_ordered',
      ]);
      expect(JSON.stringify(issues)).not.toContain(secret);
    }
  });

  test('is refused or read, whatever stands in any field', () => {
    const paths = (value: Body, path: string[] = []): string[][] =>
      typeof value === 'object' && value !== null
        ? Object.keys(value).flatMap((key) => [[...path, key], ...paths(value[key], [...path, key])])
        : [];
    const places = fc.constantFrom(...paths(event(SAVED, order())));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(places, fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 3 }),
        (faults) => {
          const body = event(SAVED, order());
          for (const [path, value] of faults) {
            const parent = path.slice(0, -1).reduce((each, key) => each?.[key], body);
            if (typeof parent === 'object' && parent !== null) parent[path.at(-1) ?? ''] = value;
          }
          try {
            for (const told of interpret(body)) expect(told.version.updatedAt).toMatch(/Z$/);
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
      { numRuns: 500 },
    );
    for (const body of ['null', '[]', '"x"', '1', '{', '{"event":null}', '{"event":{}}']) {
      expect(() => interpret(body)).toThrow(ApiError);
    }
  });
});
