import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cart, CommerceEvent, Customer, Order } from '../../../../../lib/commerce/event.ts';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { ApiError, InvalidRequestError, UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { type Body, contextOf, delivery, exact, FOLLOWED, sample } from './samples.ts';

const changed = (topic: string, change: (body: Body) => void): Body => {
  const body = sample(topic);
  change(body);
  return body;
};

const interpret = (topic: string, body: Body | string | Uint8Array, shop: Partial<Shop> = {}): CommerceEvent[] =>
  shopify.interpret(delivery(topic, body), contextOf(shop));

const orderWith = (change: (body: Body) => void, shop?: Partial<Shop>): Order => {
  const [event] = interpret('orders/updated', changed('orders/updated', change), shop);
  if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
  return event.order;
};

const cartWith = (change: (body: Body) => void, shop?: Partial<Shop>): Cart => {
  const [event] = interpret('checkouts/update', changed('checkouts/update', change), shop);
  if (event?.type !== 'cart') throw new Error(`a checkout became ${event?.type}`);
  return event.cart;
};

const issuesOf = (topic: string, body: Body | string | Uint8Array) => {
  try {
    interpret(topic, body);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.issues ?? [];
    throw error;
  }
  throw new Error('was accepted');
};

const ORDER = 'orders/updated';
const CHECKOUT = 'checkouts/update';

describe('an event is named by its bytes', () => {
  test('and by nothing else: topic and path say nothing about it', () => {
    const text = exact(sample(ORDER));
    const id = createHash('sha256').update(text).digest('hex');
    for (const topic of Object.values(FOLLOWED).flat()) {
      const [event] = interpret(topic, text);
      expect(event).toMatchObject({ id, type: 'order', version: { digest: id } });
      expect(event).toEqual(interpret(ORDER, text)[0]);
    }
  });

  test('and told of in UTC, with the fraction that it has', () => {
    const at = (updated_at: string) =>
      interpret(
        ORDER,
        changed(ORDER, (body) => Object.assign(body, { updated_at })),
      )[0]?.version.updatedAt;
    expect(at('2026-03-01T01:30:00+02:00')).toBe('2026-02-28T23:30:00Z');
    expect(at('2026-03-01T01:30:00.120450-05:30')).toBe('2026-03-01T07:00:00.12045Z');
    expect(at('2026-03-01T01:30:00.000Z')).toBe('2026-03-01T01:30:00Z');
  });

  test('and any time is read or refused', () => {
    const time = fc.stringMatching(/^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-][0-2]\d:[0-5]\d)$/);
    fc.assert(
      fc.property(fc.oneof(time, fc.constantFrom('0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00')), (text) => {
        try {
          const [event] = interpret(
            ORDER,
            changed(ORDER, (body) => Object.assign(body, { updated_at: text })),
          );
          expect(Date.parse(event?.version.updatedAt ?? '')).toBe(Date.parse(text));
          expect(event?.version.updatedAt).toMatch(/^\d{4}-/);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('topics', () => {
  test('that are not followed, or missing, are not even read', () => {
    for (const topic of ['orders/edited', 'app/uninstalled', 'ORDERS/PAID', '__proto__', '']) {
      expect(interpret(topic, '{ this is no JSON')).toEqual([]);
    }
    expect(shopify.interpret({ method: 'POST', query: {}, headers: {}, body: Buffer.from('{}') }, contextOf())).toEqual(
      [],
    );
  });

  test('of the wrong kind change nothing that the body does not say', () => {
    const unpaid = changed(ORDER, (body) => Object.assign(body, { financial_status: 'pending', cancelled_at: null }));
    expect(interpret('orders/paid', unpaid)).toMatchObject([{ order: { payment: 'unpaid', cancelled: false } }]);
    expect(interpret('orders/cancelled', unpaid)).toMatchObject([{ order: { payment: 'unpaid', cancelled: false } }]);
    expect(interpret('orders/paid', sample(CHECKOUT))).toMatchObject([{ type: 'cart' }]);
    expect(interpret('customers/update', sample(ORDER))).toMatchObject([{ type: 'order' }]);
  });

  test('cannot make a body of an unknown kind acceptable', () => {
    for (const body of ['{}', '[]', 'null', '"text"', '1', '[{"id":1}]', '{"token":"1"}']) {
      expect(issuesOf(ORDER, body)).toMatchObject([{ title: 'Invalid type', source: { pointer: '' } }]);
    }
    expect(issuesOf(ORDER, sample('draft_orders/create'))).toHaveLength(1);
    const both = changed(CHECKOUT, (body) => Object.assign(body, { financial_status: 'paid' }));
    expect(issuesOf(CHECKOUT, both)).toMatchObject([{ source: { pointer: '' } }]);
  });
});

test('a body that shrank to its id is not an empty order', () => {
  expect(interpret('orders/paid', '{"id":820982911946154508}')).toMatchObject([
    { type: 'thin', resource: 'order/820982911946154508' },
  ]);
  expect(interpret('customers/update', '{"id":7}')).toMatchObject([{ type: 'thin', resource: 'customer/7' }]);
  expect(issuesOf('orders/paid', '{"id":"x"}')).toMatchObject([{ source: { pointer: '/id' } }]);
});

describe('another shop', () => {
  test('is refused where the body names it', () => {
    for (const topic of [ORDER, CHECKOUT]) {
      expect(interpret(topic, sample(topic), { shopId: '548380009' })).toHaveLength(1);
      expect(() => interpret(topic, sample(topic), { shopId: '54838000' })).toThrow(UnauthorizedError);
    }
  });

  test('cannot be told where the body does not say whose it is', () => {
    for (const order_status_url of [null, '', 'not a url', 'https://shop.example/orders/1']) {
      expect(orderWith((body) => Object.assign(body, { order_status_url }), { shopId: '1' }).id).toBeDefined();
    }
  });
});

describe('the session', () => {
  const tokens = { checkout_token: 'c0', cart_token: 'c1' };
  const named = (value: unknown) => ({ ...tokens, note_attributes: [{ name: 'promotion_session', value }] });
  const attribute = { sessionAttribute: 'promotion_session' };

  test('of an order is that of its checkout, else of its cart, else its own', () => {
    expect(orderWith((body) => Object.assign(body, tokens)).session).toBe('shopify:demo:c0');
    expect(orderWith((body) => Object.assign(body, { ...tokens, checkout_token: null })).session).toBe(
      'shopify:demo:c1',
    );
    expect(orderWith((body) => Object.assign(body, { ...tokens, checkout_token: '' })).session).toBe('shopify:demo:c1');
    expect(orderWith(() => {}).session).toBe('shopify:demo:order:820982911946154508');
    expect(cartWith((body) => Object.assign(body, { token: 'c0' })).session).toBe('shopify:demo:c0');
  });

  test('is the one that the storefront named, where the shop says how', () => {
    expect(orderWith((body) => Object.assign(body, named('my-session')), attribute).session).toBe('my-session');
    expect(cartWith((body) => Object.assign(body, named('my-session')), attribute).session).toBe('my-session');
    expect(orderWith((body) => Object.assign(body, named('my-session'))).session).toBe('shopify:demo:c0');
  });

  test('is never what cannot name one', () => {
    for (const value of ['', null, 7, {}, 'x'.repeat(1001), '\ud800']) {
      expect(orderWith((body) => Object.assign(body, named(value)), attribute).session).toBe('shopify:demo:c0');
    }
  });
});

describe('the buyer', () => {
  const guest = (email: unknown, contact_email: unknown = null) =>
    orderWith((body) => Object.assign(body, { customer: null, email, contact_email })).buyer;

  test('without an account is a pseudonym of the address, however it is written', () => {
    const one = guest('Jon@Example.com ');
    expect(one).toEqual({ guest: `pseudonym-of-${Buffer.from('jon@example.com').toString('hex')}` });
    expect(guest('jon@example.com')).toEqual(one);
    expect(guest('', ' JON@example.com')).toEqual(one);
  });

  test('with neither account nor address is nobody', () => {
    expect(guest(null)).toBeUndefined();
    expect(guest('  ', '')).toBeUndefined();
    expect(cartWith((body) => Object.assign(body, { customer: null, email: null })).buyer).toBeUndefined();
  });

  test('leaves no trace of the person in what goes on', () => {
    const personal =
      /example\.com|jon@|john@|Steve|Shipper|Smith|Elm St|Shipping Street|40003|K2H7A8|555-555|cafebabe/i;
    const bodies = [...FOLLOWED.order, ...FOLLOWED.checkout].flatMap((topic) => [
      sample(topic),
      changed(topic, (body) => Object.assign(body, { customer: null, note: 'cafebabe', phone: '555-555-0000' })),
    ]);
    for (const body of bodies) expect(JSON.stringify(interpret(ORDER, body))).not.toMatch(personal);
  });
});

describe('money', () => {
  const sets = (amount: string, shop: string, presentment: string) => ({
    shop_money: { amount, currency_code: shop },
    presentment_money: { amount: '4999', currency_code: presentment },
  });

  test("is the shop's, whatever the buyer sees", () => {
    const order = orderWith((body) => {
      body.presentment_currency = 'JPY';
      body.line_items = [{ ...body.line_items[0], price: '4999', price_set: sets('33.30', 'USD', 'JPY') }];
      body.shipping_lines = [{ price: '1500', price_set: sets('10.00', 'USD', 'JPY') }];
    });
    expect(order).toMatchObject({ currency: 'USD', lines: [{ price: '33.30' }], costs: { shipping: '10' } });
  });

  test('of three and of no decimals is kept to the last digit', () => {
    const price = (currency: string, price: string) =>
      orderWith((body) => {
        Object.assign(body, { currency, shipping_lines: [], refunds: [], total_price_set: null });
        body.line_items = [{ ...body.line_items[0], price, price_set: null }];
      }).lines[0]?.price;
    expect(price('KWD', '19.990')).toBe('19.990');
    expect(price('JPY', '1999')).toBe('1999');
  });

  test('that claims to be the shop’s in another currency is refused', () => {
    const body = changed(ORDER, (each) => {
      each.line_items[1].price_set.shop_money.currency_code = 'EUR';
    });
    expect(issuesOf(ORDER, body)).toEqual([
      {
        title: 'Mismatch',
        details: 'not the currency of this order',
        source: { pointer: '/line_items/1/price_set/shop_money/currency_code' },
      },
    ]);
  });

  test('is checked in checkouts too', () => {
    const body = changed(CHECKOUT, (each) => {
      each.line_items[0].price_set = sets('1.00', 'EUR', 'EUR');
    });
    expect(issuesOf(CHECKOUT, body)).toMatchObject([{ title: 'Mismatch' }]);
  });

  test('of a checkout in the buyer’s currency is never taken for the shop’s', () => {
    const [event] = interpret(
      CHECKOUT,
      changed(CHECKOUT, (body) => Object.assign(body, { presentment_currency: 'JPY' })),
    );
    expect(event).toMatchObject({ type: 'thin', resource: 'checkout/123123123' });
  });
});

describe('costs', () => {
  test('shipping is the price before its discount, over all lines that are still there', () => {
    const line = { price: '0.10', discounted_price: '0.00' };
    expect(
      orderWith((body) => Object.assign(body, { shipping_lines: [line, { ...line, price: '0.20' }] })).costs,
    ).toEqual({
      shipping: '0.3',
    });
    expect(
      orderWith((body) => Object.assign(body, { shipping_lines: [line, { ...line, is_removed: true }] })).costs,
    ).toEqual({ shipping: '0.1' });
  });

  test('a tip is one, nothing is none', () => {
    expect(orderWith((body) => Object.assign(body, { total_tip_received: '2.50', shipping_lines: [] })).costs).toEqual({
      tip: '2.50',
    });
    expect(orderWith((body) => Object.assign(body, { shipping_lines: null })).costs).toEqual({});
  });
});

describe('lines', () => {
  const lines = (...items: object[]) =>
    orderWith((body) => Object.assign(body, { line_items: items.map((item) => ({ ...body.line_items[0], ...item })) }))
      .lines;

  test('without a sku are known by variant, product or themselves', () => {
    expect(
      lines(
        { sku: ' A-1 ' },
        { sku: '', variant_id: 44872881537334, product_id: 2 },
        { sku: null, variant_id: null, product_id: 8222223302966 },
        { sku: '  ', variant_id: null, product_id: null },
      ).map(({ sku }) => sku),
    ).toEqual(['A-1', 'variant:44872881537334', 'product:8222223302966', 'line:487817672276298554']);
  });

  test('of which none is left are dropped; what was given back still counts as sold', () => {
    expect(lines({ quantity: 0 }, { quantity: 3, current_quantity: 1 })).toMatchObject([{ quantity: 3 }]);
  });

  test('have a name, and say whether they are a gift card', () => {
    expect(lines({ name: '', title: 'Title' }, { name: null, title: null, gift_card: true })).toMatchObject([
      { name: 'Title', giftCard: false },
      { name: 'SKU2006-001', giftCard: true },
    ]);
  });
});

describe('codes', () => {
  const codes = (...list: unknown[]) =>
    orderWith((body) => Object.assign(body, { discount_codes: list.map((code) => ({ code, amount: '1', type: 'x' })) }))
      .codes;

  test('are trimmed, never empty, each once', () => {
    expect(codes('', ' ', null, 'B ', 'A', ' B')).toEqual(['B', 'A']);
  });

  test('of no discount, or of one given by hand, are none', () => {
    expect(codes()).toEqual([]);
    expect(codes('')).toEqual([]);
    expect(orderWith((body) => Object.assign(body, { discount_codes: null })).codes).toEqual([]);
  });
});

describe('payment', () => {
  const payment = (financial_status: unknown, changes: object = {}) =>
    orderWith((body) => Object.assign(body, { cancelled_at: null, financial_status, ...changes })).payment;

  test('is taken, not taken or void', () => {
    const statuses = ['paid', 'partially_refunded', 'refunded', 'voided', 'pending', 'authorized', 'partially_paid'];
    expect([...statuses, 'expired', null].map((status) => payment(status))).toEqual(
      'paid paid paid voided unpaid unpaid unpaid unpaid unpaid'.split(' '),
    );
    expect(
      issuesOf(
        ORDER,
        changed(ORDER, (body) => Object.assign(body, { financial_status: 'bribed' })),
      ),
    ).toMatchObject([{ title: 'enum', source: { pointer: '/financial_status' } }]);
  });

  test('of nothing is made', () => {
    const free = { total_price: '0.00', total_price_set: null };
    expect(payment('pending', free)).toBe('paid');
    expect(payment('voided', free)).toBe('voided');
    expect(payment('pending', { ...free, cancelled_at: '2026-01-01T00:00:00Z' })).toBe('unpaid');
  });
});

describe('refunds', () => {
  const [part] = sample('refunds/create').refund_line_items;
  const money = { kind: 'refund', status: 'success', amount: '75.00', currency: null };
  const refund = { id: 1, refund_line_items: [part], order_adjustments: [], transactions: [money] };
  const returns = (...refunds: object[]) => orderWith((body) => Object.assign(body, { refunds })).returns;

  test('come with the order: what was given back, by line and sku', () => {
    expect(returns({ ...refund, admin_graphql_api_id: 'gid://shopify/Refund/890088186047892319' })).toEqual([
      {
        id: '890088186047892319',
        amount: '75',
        lines: [{ line: '487817672276298554', sku: 'SKU2006-001', quantity: 1 }],
      },
    ]);
  });

  test('amount to the money that moved', () => {
    const transactions = [money, { ...money, amount: '0.10' }, { ...money, kind: 'sale', amount: '500.00' }];
    const failed = { ...money, status: 'failure', amount: '9.00' };
    expect(returns({ ...refund, transactions: [...transactions, failed] })[0]?.amount).toBe('75.1');
  });

  test('whose money is on its way, or came back, are not there yet', () => {
    expect(returns({ ...refund, transactions: [{ ...money, status: 'pending' }] })).toEqual([]);
    expect(returns({ ...refund, transactions: [money, { ...money, status: 'pending' }] })).toEqual([]);
    expect(returns({ ...refund, transactions: [{ ...money, status: 'failure' }] })).toEqual([]);
  });

  test('amount to their parts when the money moved in another currency, or none did', () => {
    const shipping = { kind: 'shipping_refund', amount: '-30.00', tax_amount: '-0.50' };
    const parts = { ...refund, order_adjustments: [shipping, { kind: 'refund_discrepancy', amount: '5.00' }] };
    const yen = [{ ...money, amount: '9999', currency: 'JPY' }];
    for (const transactions of [yen, [], null]) expect(returns({ ...parts, transactions })[0]?.amount).toBe('115.49');
    // Newer API versions tell of shipping apart; then it counts once.
    const apart = [{ subtotal_amount_set: { shop_money: { amount: '30.00', currency_code: 'USD' } } }];
    expect(returns({ ...parts, transactions: yen, refund_shipping_lines: apart })[0]?.amount).toBe('114.99');
  });

  test('of money alone guess no lines; of nothing are none', () => {
    expect(returns({ ...refund, refund_line_items: [] })).toMatchObject([{ amount: '75', lines: [] }]);
    expect(returns({ id: 1, refund_line_items: [], transactions: [] })).toEqual([]);
    expect(returns({ id: 1, refund_line_items: [{ ...part, quantity: 0, subtotal: 0, subtotal_set: null }] })).toEqual(
      [],
    );
  });

  test('never amount to less than nothing', () => {
    const adjusted = { ...refund, transactions: [], order_adjustments: [{ amount: '500.00' }] };
    expect(returns(adjusted)[0]?.amount).toBe('0');
  });

  test('of a line that the order does not show keep its id', () => {
    expect(returns({ ...refund, refund_line_items: [{ ...part, line_item_id: 5 }] })[0]?.lines).toEqual([
      { line: '5', sku: 'line:5', quantity: 1 },
    ]);
  });
});

describe('a customer', () => {
  const facts = (changes: object): Customer['facts'] => {
    const [event] = interpret(
      'customers/update',
      changed('customers/update', (body) => Object.assign(body, changes)),
    );
    return event?.type === 'customer' ? event.customer.facts : {};
  };

  test('is known by a few facts, each as far as the body has it', () => {
    expect(facts({ tags: 'vip, b2b ,', email_marketing_consent: { state: 'subscribed' }, state: 'enabled' })).toEqual({
      tags: ['vip', 'b2b'],
      acceptsMarketing: true,
      state: 'enabled',
      country: 'CA',
    });
    expect(
      facts({ accepts_marketing: true, email_marketing_consent: { state: 'unsubscribed' } }).acceptsMarketing,
    ).toBe(false);
    expect(facts({ accepts_marketing: true }).acceptsMarketing).toBe(true);
    expect(facts({ state: null, default_address: null })).toEqual({});
  });
});

describe('a body that is not as documented', () => {
  test('is refused with every fault and its place', () => {
    const body = changed(ORDER, (each) => {
      each.currency = 'usd';
      each.updated_at = 'yesterday';
      each.line_items[1].quantity = 1.5;
      each.line_items[2].price = '-1.00';
      delete each.line_items[3].quantity;
      each.discount_codes = [{ code: 7 }];
    });
    expect(issuesOf(ORDER, body).map(({ source }) => Object.values(source)[0])).toEqual([
      '/currency',
      '/discount_codes/0/code',
      '/line_items/1/quantity',
      '/line_items/2/price',
      '/line_items/3/quantity',
      '/updated_at',
    ]);
  });

  test('never is quoted', () => {
    const secret = 'jon@example.com';
    for (const field of ['currency', 'updated_at', 'financial_status', 'line_items', 'test', 'cancelled_at']) {
      const body = changed(ORDER, (each) => Object.assign(each, { [field]: secret }));
      expect(JSON.stringify(issuesOf(ORDER, body))).not.toContain(secret);
    }
  });

  test('is refused for __proto__, nesting, invalid UTF-8 and missing ends, and nothing crashes', () => {
    const text = exact(sample(ORDER));
    expect(issuesOf(ORDER, text.replace('"note":null', '"note":{"__proto__":{"admin":true}}'))).toMatchObject([
      { source: { pointer: '/note/__proto__' } },
    ]);
    expect(issuesOf(ORDER, text.replace('"note":null', `"note":${'['.repeat(99)}${']'.repeat(99)}`))).toHaveLength(1);
    expect(issuesOf(ORDER, Buffer.concat([Buffer.from(text), Buffer.from([0xff])]))).toHaveLength(1);
    for (let end = 0; end < text.length; end += 97) expect(issuesOf(ORDER, text.slice(0, end))).toHaveLength(1);
  });

  test('is refused or read, whatever stands in any field', () => {
    const topics = Object.values(FOLLOWED).flat();
    const paths = (value: Body, path: string[] = []): string[][] =>
      typeof value === 'object' && value !== null
        ? Object.keys(value).flatMap((key) => [[...path, key], ...paths(value[key], [...path, key])])
        : [];
    const places = topics.flatMap((topic) => paths(sample(topic)).map((path) => ({ topic, path })));
    const place = fc.constantFrom(...places);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 3 }),
        (faults) => {
          const topic = faults[0]?.[0].topic ?? ORDER;
          const body = sample(topic);
          for (const [{ path }, value] of faults) {
            const parent = path.slice(0, -1).reduce((each, key) => each?.[key], body);
            if (typeof parent === 'object' && parent !== null) parent[path.at(-1) ?? ''] = value;
          }
          try {
            for (const event of interpret(topic, JSON.stringify(body))) {
              expect(event.version.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
