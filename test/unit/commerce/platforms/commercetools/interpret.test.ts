import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Order } from '../../../../../lib/commerce/event.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { ApiError, InvalidRequestError, UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import {
  type Body,
  change,
  commercetools,
  created,
  customer,
  interpret,
  line,
  message,
  money,
  order,
} from './samples.ts';

const orderWith = (changes: object, settings: Partial<Shop> = {}): Order => {
  const [event] = interpret(created(changes), settings);
  if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
  return event.order;
};

test('nothing is let in by HTTP: nothing is signed', async () => {
  const delivery = { method: 'POST', query: {}, headers: {}, body: Buffer.from('{}') };
  for (const secrets of [[], [''], ['secret']]) {
    const attempt = commercetools.authenticate(delivery, { secrets, now: new Date(0), fetch });
    await expect(attempt).rejects.toThrow(UnauthorizedError);
  }
});

describe('a message', () => {
  test('of a new order is the whole order', () => {
    const text = JSON.stringify(created());
    const digest = createHash('sha256').update(text).digest('hex');
    for (const type of ['OrderCreated', 'OrderImported', 'OrderCreatedFromRecurringOrder']) {
      expect(interpret(created({}, type))).toMatchObject([{ type: 'order', order: { id: 'order-1' } }]);
    }
    expect(interpret(text)).toEqual([
      {
        id: digest,
        shop: 'demo',
        type: 'order',
        version: { revision: 1, updatedAt: '2026-01-01T12:01:00Z', digest },
        order: {
          id: 'order-1',
          session: 'commercetools:demo:cart-1',
          buyer: { customer: 'customer-1' },
          currency: 'EUR',
          lines: [{ id: 'line-1', sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '30', giftCard: false }],
          costs: { shipping: '5' },
          codes: [],
          facts: { orderNumber: '2026-1', currency: 'EUR', test: false },
          payment: 'unpaid',
          cancelled: false,
          test: false,
          returns: [],
        },
      },
    ]);
  });

  test('of what changed in one says only which', () => {
    for (const type of ['OrderStateChanged', 'OrderPaymentStateChanged', 'ReturnInfoAdded', 'OrderEditApplied']) {
      expect(interpret(message(type, 'order', 'order-1'))).toMatchObject([
        { type: 'thin', resource: 'order/order-1', version: { revision: 5, updatedAt: '2026-01-01T12:02:00Z' } },
      ]);
    }
  });

  test('that was too large to carry its order says only which', () => {
    const { order: _, ...rest } = created();
    const cut = { ...rest, payloadNotIncluded: { reason: 'too large', payloadType: 'OrderCreated' } };
    for (const body of [cut, rest, { ...cut, order: {} }]) {
      expect(interpret(body)).toMatchObject([{ type: 'thin', resource: 'order/order-1' }]);
    }
  });

  test('whose order has codes by id alone says only which, or they would be missed', () => {
    const discountCode = { typeId: 'discount-code', id: 'code-1' };
    const body = created({ discountCodes: [{ discountCode, state: 'MatchesCart' }] });
    expect(interpret(body)).toMatchObject([{ type: 'thin', resource: 'order/order-1' }]);
    const told = { ...discountCode, obj: { code: ' SUMMER-1 ' } };
    const twice = [told, told, { ...told, obj: { code: '' } }].map((each) => ({ discountCode: each }));
    expect(orderWith({ discountCodes: twice }).codes).toEqual(['SUMMER-1']);
  });

  test('of a customer is the customer without the person, or which it is', () => {
    const body = message('CustomerCreated', 'customer', 'customer-1', { customer: customer() });
    expect(interpret(body)).toMatchObject([
      { type: 'customer', version: { revision: 2 }, customer: { id: 'customer-1', facts: { country: 'DE' } } },
    ]);
    expect(JSON.stringify(interpret(body))).not.toMatch(/jon|password|\*\*/i);
    expect(interpret(message('CustomerEmailChanged', 'customer', 'customer-1', { email: 'a@b.c' }))).toMatchObject([
      { type: 'activity' },
      { type: 'thin', resource: 'customer/customer-1' },
    ]);
  });

  test('of a change says which cart, order or customer', () => {
    for (const typeId of ['cart', 'order', 'customer']) {
      for (const kind of ['Created', 'Updated'] as const) {
        expect(interpret(change(kind, typeId, 'x'))).toMatchObject([
          { type: 'thin', resource: `${typeId}/x`, version: { revision: 4, updatedAt: '2026-01-01T12:03:00Z' } },
        ]);
      }
    }
    for (const typeId of ['order', 'customer']) expect(interpret(change('Deleted', typeId, 'x'))).toEqual([]);
  });

  test('of anything else says nothing: the test notification, other resources, events, deletions', () => {
    expect(interpret(change('Created', 'subscription', 's'))).toEqual([]);
    expect(interpret(message('ProductPublished', 'product', 'p'))).toEqual([]);
    expect(interpret(message('PaymentCreated', 'payment', 'p'))).toEqual([]);
    expect(interpret({ ...message('CheckoutOrderCreated', 'order', 'o'), notificationType: 'Event' })).toEqual([]);
    expect(interpret(message('OrderDeleted', 'order', 'o', { order: order() }))).toEqual([]);
    expect(interpret(message('CustomerDeleted', 'customer', 'c'))).toEqual([]);
  });

  test('of another project is refused, whatever it is about', () => {
    for (const body of [created(), change('Created', 'subscription', 's')]) {
      expect(() => interpret({ ...body, projectKey: 'other' })).toThrow(UnauthorizedError);
    }
  });
});

describe('an envelope changes nothing', () => {
  const told = (body: Body) => interpret(body).map(({ id, version, ...rest }) => rest);
  const cloudEvent = (data: Body) => ({ specversion: '1.0', id: '1', type: 'com.commercetools.order', data });
  const sns = (data: Body) => ({ Type: 'Notification', MessageId: '1', Message: JSON.stringify(data) });
  const bridge = (data: Body) => ({
    version: '0',
    'detail-type': 'x',
    source: 'aws.partner/commercetools',
    detail: data,
  });

  test('be it CloudEvents, SNS, EventBridge or two of them', () => {
    for (const body of [created(), change('Updated', 'cart', 'cart-1')]) {
      for (const wrapped of [
        cloudEvent(body),
        sns(body),
        bridge(body),
        sns(cloudEvent(body)),
        bridge(cloudEvent(body)),
      ]) {
        expect(told(wrapped)).toEqual(told(body));
      }
    }
  });

  test('and one with nothing in it is refused', () => {
    for (const body of [cloudEvent({}), sns('x'), { Type: 'Notification', Message: '{' }, {}, [], null, 'x{']) {
      expect(() => interpret(body)).toThrow(InvalidRequestError);
    }
  });
});

describe('the session', () => {
  test('is named after the cart, else after the order', () => {
    expect(orderWith({}).session).toBe('commercetools:demo:cart-1');
    expect(orderWith({ cart: undefined }).session).toBe('commercetools:demo:order:order-1');
  });

  test('of a renewal is its own, whatever cart it goes back to', () => {
    expect(orderWith({ origin: 'RecurringOrder' }).session).toBe('commercetools:demo:order:order-1');
    expect(orderWith({ origin: 'Customer' }).session).toBe('commercetools:demo:cart-1');
  });

  test('is the one that the storefront named in a custom field, where the shop says which', () => {
    const custom = { type: { typeId: 'type', id: 't' }, fields: { promotion: 'mine', currency: 'USD' } };
    expect(orderWith({ custom }, { sessionAttribute: 'promotion' }).session).toBe('mine');
    for (const sessionAttribute of [undefined, 'other', 'toString']) {
      const settings = sessionAttribute ? { sessionAttribute } : {};
      expect(orderWith({ custom }, settings).session).toBe('commercetools:demo:cart-1');
    }
    expect(orderWith({ custom: undefined }, { sessionAttribute: 'x' }).session).toBe('commercetools:demo:cart-1');
  });
});

describe('the buyer', () => {
  const guest = { customerId: undefined, anonymousId: 'anonymous-1' };
  const jon = { guest: `pseudonym-of-${Buffer.from('jon@example.com').toString('hex')}` };

  test('without an account is a pseudonym of the address, wherever it is written', () => {
    expect(orderWith(guest).buyer).toEqual(jon);
    expect(orderWith({ ...guest, customerEmail: undefined }).buyer).toEqual(jon);
    expect(orderWith({ ...guest, customerEmail: '', billingAddress: { email: ' JON@example.com' } }).buyer).toEqual(
      jon,
    );
  });

  test('without an address is nobody, and leaves no trace', () => {
    expect(orderWith({ ...guest, customerEmail: undefined, shippingAddress: undefined }).buyer).toBeUndefined();
    expect(JSON.stringify(interpret(created(guest)))).not.toMatch(/example\.com|Elm|Jon"|anonymous/);
  });
});

describe('money', () => {
  const priced = (value: object, changes: object = {}) =>
    orderWith({ lineItems: [line({ price: { value }, ...changes })] }).lines[0]?.price;

  test('is exact, in currencies of any precision', () => {
    const all = (currency: string, digits: number, cents: number) =>
      orderWith({
        totalPrice: money(cents, currency, digits),
        shippingInfo: undefined,
        lineItems: [
          line({ price: { value: money(cents, currency, digits) }, totalPrice: money(cents, currency, digits) }),
        ],
      });
    expect(all('JPY', 0, 1999)).toMatchObject({ currency: 'JPY', lines: [{ price: '1999' }] });
    expect(all('KWD', 3, 19_990)).toMatchObject({ currency: 'KWD', lines: [{ price: '19.99' }] });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (cents) => {
        expect(
          decimal(priced(money(cents)) ?? '')
            .times(100)
            .toFixed(),
        ).toBe(String(cents));
      }),
    );
  });

  test('of high precision keeps its further decimals', () => {
    const value = { ...money(0), type: 'highPrecision', preciseAmount: 12_345, fractionDigits: 7 };
    expect(priced(value)).toBe('0.0012345');
    expect(priced({ ...money(5), fractionDigits: undefined })).toBe('0.05');
  });

  test('of another currency than the total is refused where it stands', () => {
    try {
      interpret(created({ lineItems: [line(), line({ price: { value: money(1, 'USD') } })] }));
      throw new Error('was accepted');
    } catch (error) {
      expect((error as InvalidRequestError).issues).toMatchObject([
        { title: 'Mismatch', source: { pointer: '/lineItems/1/price/value' } },
      ]);
    }
  });

  test('adds up to what the shop charged, whatever took something off and whether tax is in the prices or not', () => {
    const cents = fc.integer({ min: 0, max: 100_000 });
    const part = fc.record({ price: cents, quantity: fc.integer({ min: 1, max: 9 }), off: cents, gift: fc.boolean() });
    const shop = fc.record({ parts: fc.array(part), custom: cents, peers: cents, shipping: cents, tax: cents });
    fc.assert(
      fc.property(shop, ({ parts, custom, peers, shipping, tax }) => {
        const lineItems = parts.map(({ price, quantity, off, gift }, index) =>
          line({
            id: `line-${index}`,
            price: { value: money(price) },
            quantity,
            totalPrice: money(gift ? 0 : Math.max(0, price * quantity - off)),
            lineItemMode: gift ? 'GiftLineItem' : 'Standard',
          }),
        );
        const other = (id: string, amount: number) => ({
          ...{ id, name: { en: id }, slug: id, quantity: 1 },
          ...{ money: money(amount), totalPrice: money(amount) },
        });
        const bought = parts.filter(({ gift }) => !gift);
        const off = sum(bought.map(({ price, quantity, off }) => decimal(Math.min(off, price * quantity))));
        const total = lineItems.reduce((all, { totalPrice }) => all + totalPrice.centAmount, custom - peers + shipping);
        const { lines, costs } = orderWith({
          lineItems,
          customLineItems: [other('wrap', custom), other('discount', -peers)],
          shippingInfo: { price: money(shipping) },
          totalPrice: money(total),
          taxedPrice: { totalGross: money(total + tax) },
        });
        const sold = sum(lines.map(({ price, quantity }) => decimal(price).times(quantity)));
        const charged = sum([sold, ...Object.values(costs).map(decimal)])
          .times(100)
          .minus(off)
          .minus(peers);
        expect(charged.plus(tax).toFixed()).toBe(String(total + tax));
      }),
    );
  });

  test('of shipping is before its discount, over every method', () => {
    const info = { price: money(500), discountedPrice: { value: money(0) } };
    expect(orderWith({ shippingInfo: info }).costs).toEqual({ shipping: '5' });
    const several = { shippingInfo: undefined, shipping: [{ shippingInfo: info }, { shippingInfo: info }, {}] };
    expect(orderWith(several).costs).toEqual({ shipping: '10' });
    expect(orderWith({ shippingInfo: undefined }).costs).toEqual({});
  });
});

describe('lines', () => {
  const lines = (...items: object[]) => orderWith({ lineItems: items.map((each) => line(each)) }).lines;

  test("cost what the shop asks: its sale price counts, a cart's discount does not", () => {
    const price = { value: money(3000), discounted: { value: money(2500) } };
    const reduced = { totalPrice: money(4000), discountedPricePerQuantity: [{ quantity: 2 }] };
    expect(lines({ price, ...reduced })).toMatchObject([{ price: '25' }]);
    expect(lines(reduced)).toMatchObject([{ price: '30' }]);
  });

  test('that the shop or the engine gave away are not bought', () => {
    expect(lines({ lineItemMode: 'GiftLineItem' })).toEqual([]);
    expect(lines({ priceMode: 'ExternalPrice', price: { value: money(0) } })).toEqual([]);
    expect(lines({ priceMode: 'ExternalPrice' })).toHaveLength(1);
    expect(lines({ quantity: 0 })).toEqual([]);
  });

  test('without a sku are known by variant or product', () => {
    expect(
      lines({ variant: { id: 3 } }, { variant: { id: 3, sku: ' ' } }, { variant: {} }).map(({ sku }) => sku),
    ).toEqual(['variant:product-1/3', 'variant:product-1/3', 'product:product-1']);
  });

  test('have a name in English, in any language, or their sku', () => {
    expect(lines({ name: { de: 'Hemd', en: 'Shirt' } }, { name: { de: 'Hemd' } }, { name: {} })).toMatchObject([
      { name: 'Shirt' },
      { name: 'Hemd' },
      { name: 'SHIRT' },
    ]);
  });

  test('of anything else count when they have a price; below zero they are discounts', () => {
    const custom = (id: string, cents: number, slug: string) => ({
      id,
      name: { en: id },
      slug,
      quantity: 1,
      money: money(cents),
      totalPrice: money(cents),
    });
    const customLineItems = [custom('wrap', 300, 'gift-wrap'), custom('off', -500, 'x'), custom('note', 0, 'y')];
    expect(orderWith({ lineItems: [], customLineItems }).lines).toEqual([
      { id: 'wrap', sku: 'gift-wrap', name: 'wrap', quantity: 1, price: '3', giftCard: false },
    ]);
  });
});

describe('payment', () => {
  const payment = (changes: object) => orderWith(changes).payment;

  test('is taken or not, as the shop says; nobody pays for nothing', () => {
    const states = ['Paid', 'CreditOwed', 'BalanceDue', 'Failed', 'Pending', undefined];
    expect(states.map((paymentState) => payment({ paymentState }))).toEqual(
      'paid paid unpaid unpaid unpaid unpaid'.split(' '),
    );
    const free = { totalPrice: money(0) };
    expect(payment(free)).toBe('paid');
    expect(payment({ ...free, orderState: 'Cancelled' })).toBe('unpaid');
    expect(payment({ orderState: 'Complete' })).toBe('unpaid');
  });

  test('has nothing to do with cancelling', () => {
    expect(orderWith({ orderState: 'Cancelled', paymentState: 'Paid' })).toMatchObject({
      cancelled: true,
      payment: 'paid',
    });
    expect(() => interpret(created({ orderState: 'Bribed' }))).toThrow(InvalidRequestError);
  });
});

describe('returns', () => {
  const item = (id: string, quantity: number, paymentState = 'Refunded', lineItemId = 'line-1') => ({
    id,
    quantity,
    lineItemId,
    paymentState,
    shipmentState: 'Returned',
  });
  const returns = (...items: object[]) =>
    orderWith({ returnInfo: [{ items }], lineItems: [line({ totalPrice: money(5999) })] }).returns;

  test('are told once they are paid back, at what the line was sold for', () => {
    expect(returns(item('r1', 1), item('r2', 1, 'Initial'), item('r3', 1, 'NotRefunded'))).toEqual([
      { id: 'r1', amount: '30', lines: [{ line: 'line-1', sku: 'SHIRT', quantity: 1 }] },
    ]);
    expect(returns(item('r1', 2))).toMatchObject([{ amount: '59.99' }]);
    const taxed = line({ taxedPrice: { totalGross: money(7140) } });
    expect(orderWith({ returnInfo: [{ items: [item('r1', 1)] }], lineItems: [taxed] }).returns).toMatchObject([
      { amount: '35.7' },
    ]);
  });

  test('of lines that are not sold are none', () => {
    expect(returns(item('r1', 1, 'Refunded', 'gift'))).toEqual([]);
  });

  test('never come to more than was sold', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (quantities) => {
        const told = returns(...quantities.map((quantity, index) => item(`r${index}`, quantity)));
        const total = told.flatMap((each) => each.lines).reduce((all, each) => all + each.quantity, 0);
        expect(total).toBe(Math.min(2, sum(quantities.map(decimal)).toNumber()));
        expect(sum(told.map(({ amount }) => decimal(amount))).lte('60')).toBe(true);
      }),
    );
  });
});

describe('a message that is not as documented', () => {
  test('is refused with every fault and its place, and never quoted', () => {
    try {
      interpret(created({ version: 'jon@example.com', totalPrice: { currencyCode: 'eur', centAmount: 1.5 } }));
      throw new Error('was accepted');
    } catch (error) {
      const { issues } = error as InvalidRequestError;
      const places = issues?.map(({ source }) => Object.values(source)[0]);
      expect(places).toEqual(['/version', '/totalPrice/currencyCode', '/totalPrice/centAmount']);
      expect(JSON.stringify(issues)).not.toContain('jon@');
    }
  });

  test('is refused or read, whatever stands in any field', () => {
    const paths = (value: Body, path: string[] = []): string[][] =>
      typeof value === 'object' && value !== null
        ? Object.keys(value).flatMap((key) => [[...path, key], ...paths(value[key], [...path, key])])
        : [];
    const places = paths(created());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 })), { minLength: 1, maxLength: 3 }),
        (faults) => {
          const body = structuredClone(created());
          for (const [path, value] of faults) {
            const parent = path.slice(0, -1).reduce((each, key) => each?.[key], body);
            if (typeof parent === 'object' && parent !== null) parent[path.at(-1) ?? ''] = value;
          }
          try {
            for (const event of interpret(body)) expect(event.version.updatedAt).toMatch(/Z$/);
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
