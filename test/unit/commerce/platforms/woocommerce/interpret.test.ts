import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { woocommerce } from '../../../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { contextOf, customer, delivery, FOLLOWED, interpret, issuesOf, item, order, orderOf } from './samples.ts';

describe('an event', () => {
  test('is named by its bytes and by nothing else', () => {
    const text = JSON.stringify(order());
    const id = createHash('sha256').update(text).digest('hex');
    for (const topic of FOLLOWED) {
      expect(interpret(text, topic)).toMatchObject([{ id, type: 'order', shop: 'demo', version: { digest: id } }]);
    }
    // Two orders of one second have one delivery id (commerce-platforms.md §3).
    const headers = { 'x-wc-webhook-delivery-id': 'same' };
    const ids = [100, 101].map((each) =>
      woocommerce.interpret(delivery(order({ id: each, _links: {} }), 'order.updated', headers), contextOf()),
    );
    expect(new Set(ids.map(([event]) => event?.id)).size).toBe(2);
  });

  test('is of the time that the body says in UTC, without saying so', () => {
    const at = (date_modified_gmt: string) => interpret(order({ date_modified_gmt }))[0]?.version.updatedAt;
    expect(at('2026-03-01T01:30:00')).toBe('2026-03-01T01:30:00Z');
    expect(at('2026-03-01T01:30:00.5')).toBe('2026-03-01T01:30:00.5Z');
    expect(at('2026-03-01T01:30:00Z')).toBe('2026-03-01T01:30:00Z');
    for (const wrong of ['2026-03-01', '01/03/2026 01:30', '2026-02-30T00:00:00', '']) {
      expect(issuesOf(order({ date_modified_gmt: wrong }))).toMatchObject([
        { source: { pointer: '/date_modified_gmt' } },
      ]);
    }
  });

  test('holds nothing of the person', () => {
    const told = JSON.stringify([interpret(order()), interpret(order({ customer_id: 0 })), interpret(customer())]);
    for (const personal of ['jo@example.com', 'Jo', 'Doe', 'jo.doe', 'Road']) expect(told).not.toContain(personal);
  });
});

describe('topics', () => {
  test('that are not followed, or missing, are not even read', () => {
    for (const topic of ['coupon.updated', 'product.created', 'action.woocommerce_add_to_cart', 'ORDER.UPDATED', '']) {
      expect(interpret('{ this is no JSON', topic)).toEqual([]);
    }
    expect(woocommerce.interpret({ ...delivery('{'), headers: {} }, contextOf())).toEqual([]);
  });

  test('of the wrong kind change nothing that the body says', () => {
    expect(interpret(customer(), 'order.created')).toMatchObject([{ type: 'customer' }]);
    expect(interpret(order({ status: 'pending' }), 'order.deleted')).toMatchObject([
      { type: 'order', order: { payment: 'unpaid', cancelled: false } },
    ]);
  });

  test('cannot make a body of an unknown kind acceptable', () => {
    for (const body of [
      '{}',
      '[]',
      'null',
      '1',
      '"x"',
      '{"id":1,"code":"x"}',
      `{"order":${JSON.stringify(order())}}`,
    ]) {
      expect(issuesOf(body)).toMatchObject([{ title: 'Invalid type', source: { pointer: '' } }]);
    }
  });

  test('of deletion name the thing, which has to be read', () => {
    expect(interpret('{"id":100}', 'order.deleted')).toMatchObject([{ type: 'thin', resource: 'order/100' }]);
    expect(interpret('{"id":7}', 'customer.deleted')).toMatchObject([{ type: 'thin', resource: 'customer/7' }]);
    expect(issuesOf('{"id":"../7"}')).toMatchObject([{ source: { pointer: '/id' } }]);
  });
});

describe('another shop', () => {
  const from = (source: string | undefined, shopId = 'https://shop.example', body = order({ _links: {} })) =>
    woocommerce.interpret(delivery(body, 'order.updated', { 'x-wc-webhook-source': source }), contextOf({ shopId }));

  test('is refused by the source that it names', () => {
    for (const source of [
      undefined,
      '',
      'https://other.example/',
      'https://shop.example.evil/',
      'https://shop.example/fr',
      'https://shop.example:8443/',
      '://',
    ]) {
      expect(() => from(source)).toThrow(UnauthorizedError);
    }
    expect(() => from('https://shop.example', 'https://shop.example/fr')).toThrow(UnauthorizedError);
  });

  test('is not one that is written differently', () => {
    for (const source of ['https://shop.example', 'http://shop.example/', 'HTTPS://Shop.Example//', 'shop.example']) {
      expect(from(source)).toHaveLength(1);
    }
    expect(from('https://shop.example/fr/', 'shop.example/fr')).toHaveLength(1);
  });

  test('is refused by the address that its body gives itself, whatever the header says', () => {
    const linked = (href: string) => order({ _links: { self: [{ href }] } });
    const shopId = 'https://shop.example/fr';
    expect(from(shopId, shopId, linked('https://shop.example/fr/index.php/wp-json/wc/v3/orders/1'))).toHaveLength(1);
    expect(from(shopId, shopId, linked('http://shop.example/fr/?rest_route=/wc/v3/orders/1'))).toHaveLength(1);
    for (const href of [
      'https://other.example/fr/',
      'https://shop.example/french/wp-json',
      'https://shop.example/de/',
    ]) {
      expect(() => from(shopId, shopId, linked(href))).toThrow(UnauthorizedError);
      expect(() => interpret(customer({ _links: { self: [{ href }] } }), undefined, { shopId })).toThrow(
        UnauthorizedError,
      );
    }
  });
});

describe('an order', () => {
  test('is a picture of all of it', () => {
    expect(orderOf()).toEqual({
      id: '100',
      session: 'woocommerce:demo:order:100',
      buyer: { customer: '7' },
      currency: 'EUR',
      lines: [{ id: '11', sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '10', giftCard: false }],
      costs: { shipping: '5' },
      codes: ['summer-1'],
      facts: { orderNumber: '1-100', channel: 'checkout', currency: 'EUR', test: false },
      payment: 'paid',
      cancelled: false,
      test: false,
      returns: [],
    });
  });

  test.each([
    ['pending', false, 'unpaid', false],
    ['pending', true, 'unpaid', false],
    ['on-hold', false, 'unpaid', false],
    ['on-hold', true, 'unpaid', false],
    ['failed', true, 'unpaid', false],
    ['processing', false, 'unpaid', false],
    ['processing', true, 'paid', false],
    ['completed', false, 'paid', false],
    ['completed', true, 'paid', false],
    ['refunded', true, 'paid', false],
    ['a-plugins-own', false, 'unpaid', false],
    ['a-plugins-own', true, 'paid', false],
    ['cancelled', false, 'unpaid', true],
    ['cancelled', true, 'paid', true],
    ['trash', false, 'unpaid', true],
    ['trash', true, 'paid', false],
  ])('of status %s, paid for: %s, is %s, cancelled: %s', (status, isPaid, payment, cancelled) => {
    const date_paid_gmt = isPaid ? '2026-01-01T12:00:00' : null;
    expect(orderOf({ status, date_paid_gmt })).toMatchObject({ payment, cancelled });
  });

  test('of nothing is done when it is placed, and not before', () => {
    const free = (status: string) => orderOf({ status, total: '0.00', date_paid_gmt: null }).payment;
    expect(free('processing')).toBe('paid');
    for (const status of ['pending', 'failed', 'cancelled', 'trash']) expect(free(status)).toBe('unpaid');
  });

  test('that is a draft is a cart, in the session that its order will have', () => {
    for (const status of ['checkout-draft', 'auto-draft', 'draft']) {
      const [event] = interpret(order({ status, date_paid_gmt: null }), 'order.created', { closeOn: 'created' });
      expect(event).toMatchObject({ type: 'cart', cart: { session: orderOf().session, codes: ['summer-1'] } });
    }
  });

  test('is in the session that the storefront named, where the shop says how', () => {
    const meta_data = [{ id: 1, key: 'promotion_session', value: 'my-session' }];
    expect(orderOf({ meta_data }, { sessionAttribute: 'promotion_session' }).session).toBe('my-session');
    expect(orderOf({ meta_data }).session).toBe('woocommerce:demo:order:100');
    for (const value of ['', null, 7, {}, 'x'.repeat(1001), '\ud800']) {
      const named = [{ id: 1, key: 's', value }];
      expect(orderOf({ meta_data: named }, { sessionAttribute: 's' }).session).toBe('woocommerce:demo:order:100');
    }
  });

  test('keeps ids to the last digit', () => {
    const ids = fc.bigInt({ min: 1n, max: 10n ** 20n - 1n });
    fc.assert(
      fc.property(ids, ids, ids, (id, line, buyer) => {
        const numbers: Record<string, bigint> = { id, line, buyer };
        const body = order({ id: '<id>', customer_id: '<buyer>', line_items: [item({ id: '<line>' })] });
        const text = JSON.stringify(body).replace(/"<(\w+)>"/g, (_, name: string) => String(numbers[name]));
        expect(interpret(text)).toMatchObject([
          { order: { id: String(id), lines: [{ id: String(line) }], buyer: { customer: String(buyer) } } },
        ]);
      }),
    );
  });

  test('is refused with every fault named', () => {
    const wrong = order({ currency: 'eur', total: 'x', line_items: [item({ subtotal: null, quantity: -1 })] });
    expect(issuesOf(wrong).map(({ source }) => Object.values(source)[0])).toEqual([
      '/currency',
      '/total',
      '/line_items/0/quantity',
      '/line_items/0/subtotal',
    ]);
  });
});

describe('codes', () => {
  test('have any characters at all', () => {
    const code = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(code, fc.constantFrom('30$off', 'a&b', '50%', '.*'))), (codes) => {
        const coupon_lines = codes.map((each) => ({ code: each }));
        expect(orderOf({ coupon_lines }).codes).toEqual(codes);
      }),
    );
  });

  test('are each told once, and empty ones not at all', () => {
    const coupon_lines = ['A', '', ' ', null, 'A', ' B '].map((code) => ({ code }));
    expect(orderOf({ coupon_lines }).codes).toEqual(['A', 'B']);
  });
});

describe('the buyer', () => {
  const buyerOf = (changes: object) => orderOf(changes).buyer;

  test('is a customer by id, a guest by a pseudonym of the e-mail address, or nobody', () => {
    expect(buyerOf({})).toEqual({ customer: '7' });
    const guest = { guest: `pseudonym-of-${Buffer.from('jo@example.com').toString('hex')}` };
    expect(buyerOf({ customer_id: 0 })).toEqual(guest);
    expect(buyerOf({ customer_id: 0, billing: { email: ' JO@Example.com ' } })).toEqual(guest);
    expect(buyerOf({ customer_id: 0, billing: { email: '' } })).toBeUndefined();
    expect(buyerOf({ customer_id: 0, billing: null })).toBeUndefined();
  });

  test('is nobody once WordPress has erased them: all erased guests would become one', () => {
    expect(buyerOf({ customer_id: 0, billing: { email: 'deleted@site.invalid' } })).toBeUndefined();
    expect(buyerOf({ billing: { email: 'Deleted@Site.INVALID ' } })).toBeUndefined();
    expect(buyerOf({ meta_data: [{ id: 1, key: '_anonymized', value: 'yes' }] })).toBeUndefined();
  });
});

describe('a customer', () => {
  test('is their id and what may be passed on', () => {
    expect(interpret(customer(), 'customer.updated')).toMatchObject([
      {
        type: 'customer',
        version: { updatedAt: '2026-01-01T12:00:00Z' },
        customer: { id: '7', facts: { country: 'DE' } },
      },
    ]);
    const [event] = interpret(customer({ billing: { country: '' }, date_modified_gmt: null }), 'customer.created');
    expect(event).toMatchObject({ version: { updatedAt: '2026-01-01T10:00:00Z' }, customer: { facts: {} } });
  });

  test('who was erased says nothing, so that no profile is made again', () => {
    expect(interpret(customer({ email: 'deleted@site.invalid' }), 'customer.updated')).toEqual([]);
  });
});

describe('amounts', () => {
  const charged = (changes: object, settings: object) => {
    const { lines, costs } = orderOf(changes, settings);
    return sum([
      ...lines.map(({ price, quantity }) => decimal(price).times(quantity)),
      ...Object.values(costs).map(decimal),
    ]);
  };

  test('are before discounts, with tax or without as the shop says', () => {
    const price = (changes: object, prices: 'as-shop' | 'gross' | 'net') => {
      const { lines, costs } = orderOf(changes, { prices });
      return [lines[0]?.price, costs.shipping];
    };
    expect(price({}, 'as-shop')).toEqual(['10', '5']);
    expect(price({ prices_include_tax: true }, 'as-shop')).toEqual(['12', '6']);
    expect(price({}, 'gross')).toEqual(['12', '6']);
    expect(price({ prices_include_tax: true }, 'net')).toEqual(['10', '5']);
  });

  test('of a part of a piece are those of one piece', () => {
    for (const quantity of [0.5, '0.5', 2.25]) {
      expect(orderOf({ line_items: [item({ quantity })] }).lines).toMatchObject([{ quantity: 1, price: '20' }]);
    }
    expect(orderOf({ line_items: [item({ quantity: '2.0' })] }).lines).toMatchObject([{ quantity: 2, price: '10' }]);
    expect(orderOf({ line_items: [item({ quantity: 0 })] }).lines).toEqual([]);
  });

  test('below zero are told as they are: no session takes them, and a person sees it', () => {
    expect(orderOf({ line_items: [item({ quantity: 1, subtotal: '-5.00' })] }).lines).toMatchObject([{ price: '-5' }]);
  });

  test('of fees are a cost; a fee below zero is a discount', () => {
    const fee_lines = [{ total: '3.00', total_tax: '0.30' }, { total: '1.50', total_tax: '0' }, { total: '-4.00' }];
    expect(orderOf({ fee_lines }).costs).toEqual({ shipping: '5', fee: '4.5' });
    expect(orderOf({ fee_lines }, { prices: 'gross' }).costs).toEqual({ shipping: '6', fee: '4.8' });
    expect(orderOf({ fee_lines: [{ total: '-4.00' }], shipping_lines: [] }).costs).toEqual({});
  });

  test('minus discounts, plus tax where they have none, are what the shop charged, to the minor unit', () => {
    const cents = fc.integer({ min: 0, max: 1_000_000 });
    const money = (value: number) => decimal(value).div(100).toFixed(2);
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 99 }),
      net: cents,
      tax: cents,
      off: fc.integer({ min: 0, max: 100 }),
    });
    const cost = fc.record({ net: fc.integer({ min: -1000, max: 100_000 }), tax: fc.constant(0) });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.array(fc.record({ net: cents, tax: cents }), { maxLength: 2 }),
        fc.array(cost, { maxLength: 3 }),
        fc.boolean(),
        (lines, shipping, fees, gross) => {
          const discount = sum(lines.map(({ net, off }) => decimal(Math.floor((net * off) / 100))));
          const discountTax = sum(lines.map(({ tax, off }) => decimal(Math.floor((tax * off) / 100))));
          const all = [...lines, ...shipping, ...fees];
          const net = sum(all.map((each) => decimal(each.net))).minus(discount);
          const tax = sum(all.map((each) => decimal(each.tax))).minus(discountTax);
          const body = {
            prices_include_tax: gross,
            total: '1',
            line_items: lines.map((each, id) =>
              item({ id: id + 1, quantity: each.quantity, subtotal: money(each.net), subtotal_tax: money(each.tax) }),
            ),
            shipping_lines: shipping.map((each) => ({ total: money(each.net), total_tax: money(each.tax) })),
            fee_lines: fees.map((each) => ({ total: money(each.net), total_tax: money(each.tax) })),
          };
          const given = sum(fees.map((each) => decimal(Math.max(0, -each.net))));
          const told = charged(body, {}).times(100).minus(discount).minus(given);
          const total = gross ? told.minus(discountTax) : told.plus(tax);
          expect(total.round(0, 1).toFixed()).toBe(net.plus(tax).toFixed());
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('refunds', () => {
  const refunds = [
    { id: 900, reason: 'too small, says Jo', total: '-10.00' },
    { id: 901, reason: '', total: '0.00' },
  ];

  test('are amounts only where the shop cannot be asked: lines are never guessed', () => {
    expect(orderOf({ refunds }).returns).toEqual([{ id: '900', amount: '10', lines: [] }]);
  });

  test('make an order thin where it can be', () => {
    const api = { url: 'https://shop.example', secret: 'API' };
    expect(interpret(order({ refunds }), 'order.updated', { api })).toMatchObject([
      { type: 'thin', resource: 'order/100', version: { updatedAt: '2026-01-01T12:00:00Z' } },
    ]);
    expect(interpret(order(), 'order.updated', { api })).toMatchObject([{ type: 'order' }]);
  });
});
