import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cart, Order } from '../../../../../lib/commerce/event.ts';
import { standard } from '../../../../../lib/commerce/platforms/standard/standard.ts';
import { UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { CommerceEventSchema } from '../../../../../lib/inbox/commerce-event.ts';
import { type Body, cart, contextOf, customer, delivery, faultsOf, interpret, order } from './samples.ts';

const orderOf = (changes: object = {}): Order => {
  const [event] = interpret(order(changes));
  if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
  return event.order;
};

const cartOf = (changes: object = {}): Cart => {
  const [event] = interpret(cart(changes));
  if (event?.type !== 'cart') throw new Error(`a cart became ${event?.type}`);
  return event.cart;
};

describe('a document', () => {
  test('becomes one event, named by its bytes', () => {
    for (const body of [order(), cart(), customer()]) {
      const text = JSON.stringify(body);
      const id = createHash('sha256').update(text).digest('hex');
      const version = { updatedAt: '2026-03-01T12:00:00Z', digest: id };
      const events = interpret(text);
      expect(events).toMatchObject([{ type: body.type, id, shop: 'demo', version }]);
      expect(CommerceEventSchema.parse(events[0])).toEqual(events[0]);
    }
  });

  test('of an order is a picture of all of it', () => {
    expect(orderOf()).toEqual({
      id: '1001',
      session: 'standard:demo:c-77',
      buyer: { customer: '42' },
      currency: 'EUR',
      lines: [{ id: 'SHIRT', sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '19.99', giftCard: false }],
      costs: { shipping: '5.00' },
      codes: ['SUMMER-1'],
      facts: { orderNumber: '#1001', channel: 'web', currency: 'EUR', test: false },
      payment: 'paid',
      cancelled: false,
      test: false,
      returns: [],
    });
  });

  test('needs no more than what cannot be guessed', () => {
    const base = {
      id: 1,
      updatedAt: '2026-03-01T13:00:00+01:00',
      currency: 'EUR',
      lines: [{ sku: 'A', quantity: 1, price: 1.5 }],
    };
    expect(interpret({ type: 'cart', ...base })).toMatchObject([
      {
        version: { updatedAt: '2026-03-01T12:00:00Z' },
        cart: {
          session: 'standard:demo:1',
          lines: [{ id: 'A', sku: 'A', name: 'A', quantity: 1, price: '1.5', giftCard: false }],
          costs: {},
          codes: [],
          facts: { currency: 'EUR' },
        },
      },
    ]);
    expect(interpret({ type: 'order', ...base, payment: 'unpaid' })).toMatchObject([
      { order: { id: '1', session: 'standard:demo:order:1', payment: 'unpaid', cancelled: false, returns: [] } },
    ]);
    const { id, updatedAt } = base;
    expect(interpret({ type: 'customer', id, updatedAt })).toMatchObject([{ customer: { id: '1', facts: {} } }]);
  });

  test('of a customer tells what may be passed on', () => {
    expect(interpret(customer())).toMatchObject([
      { customer: { id: '42', facts: { acceptsMarketing: true, tags: ['vip'], country: 'DE' } } },
    ]);
  });

  test('of the README is one', () => {
    const source = readFileSync(
      new URL('../../../../../lib/commerce/platforms/standard/standard.ts', import.meta.url),
      'utf8',
    );
    const example =
      source
        .split('```')[1]
        ?.replace(/^json/, '')
        .replace(/^ \* ?/gm, '') ?? '';
    expect(interpret(example)).toMatchObject([
      {
        type: 'order',
        order: {
          lines: [{ sku: 'SHIRT' }],
          returns: [{ id: 'r-1', lines: [{ line: 'SHIRT', sku: 'SHIRT', quantity: 1 }] }],
        },
      },
    ]);
  });
});

describe('the session', () => {
  test('is the one that the storefront opened, else that of the cart, else the order’s own', () => {
    expect(orderOf({ session: 'mine' }).session).toBe('mine');
    expect(cartOf({ session: 'mine' }).session).toBe('mine');
    expect(orderOf().session).toBe(cartOf().session);
    expect(orderOf({ cart: undefined }).session).toBe('standard:demo:order:1001');
  });
});

describe('the buyer', () => {
  test('is a customer by id, else a guest by a pseudonym; the address goes no further', () => {
    const email = ' JO@Example.com ';
    const guest = { guest: `pseudonym-of-${Buffer.from('jo@example.com').toString('hex')}` };
    for (const read of [orderOf, cartOf]) {
      expect(read({ customer: undefined, email }).buyer).toEqual(guest);
      expect(read({ email }).buyer).toEqual({ customer: '42' });
      expect(read({ customer: undefined }).buyer).toBeUndefined();
    }
    expect(JSON.stringify(interpret(order({ email })))).not.toContain('@');
  });
});

test('another shop is refused, where the document names one', () => {
  for (const body of [order({ shop: 'other' }), cart({ shop: 'my-shop ' }), customer({ shop: '' })]) {
    expect(() => interpret(body)).toThrow(UnauthorizedError);
  }
  expect(interpret(order({ shop: 'my-shop' }))).toHaveLength(1);
});

test('ids keep every digit, as numbers and as texts', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.boolean(), (id, asText) => {
      const written = asText ? `"${id}"` : String(id);
      const text = JSON.stringify(order({ id: '<id>', customer: '<id>' })).replaceAll('"<id>"', written);
      expect(interpret(text)).toMatchObject([{ order: { id: String(id), buyer: { customer: String(id) } } }]);
    }),
  );
});

test('codes have any characters, are told once, and never empty', () => {
  expect(orderOf({ codes: ['30$off', ' A ', 'A', ' ', 'a&b'] }).codes).toEqual(['30$off', 'A', 'a&b']);
});

describe('refunds', () => {
  const returned = (id: string, quantity: number, line = 'SHIRT') => ({ id, amount: 5, lines: [{ line, quantity }] });

  test('name what came back by its line', () => {
    expect(orderOf({ returns: [returned('a', 1), { id: 2, amount: '3.00' }] }).returns).toEqual([
      { id: 'a', amount: '5', lines: [{ line: 'SHIRT', sku: 'SHIRT', quantity: 1 }] },
      { id: '2', amount: '3.00', lines: [] },
    ]);
    const lines = [
      { id: 1, sku: 'SHIRT', quantity: 1, price: 1 },
      { id: 2, sku: 'SHIRT', quantity: 1, price: 2 },
    ];
    expect(orderOf({ lines, returns: [returned('a', 1, '2')] }).returns[0]?.lines).toEqual([
      { line: '2', sku: 'SHIRT', quantity: 1 },
    ]);
  });

  test('of more than was sold are refused, in one or in several', () => {
    expect(faultsOf(order({ returns: [returned('a', 3)] }))).toEqual([['/returns/0/lines/0/quantity', 'maximum']]);
    expect(faultsOf(order({ returns: [returned('a', 2), returned('b', 1)] }))).toEqual([
      ['/returns/1/lines/0/quantity', 'maximum'],
    ]);
    expect(faultsOf(order({ returns: [returned('a', 1, 'X'), returned('a', 1)] }))).toEqual([
      ['/returns/0/lines/0/line', 'Unknown'],
      ['/returns/1/id', 'Duplicate'],
    ]);
  });

  test('never add up to more than was sold in what is accepted', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), sizes, (quantity, back) => {
        const body = order({
          lines: [{ sku: 'SHIRT', quantity, price: 1 }],
          returns: back.map((each, index) => returned(String(index), each)),
        });
        const total = back.reduce((sum, each) => sum + each, 0);
        if (total > quantity) expect(faultsOf(body).map(([, title]) => title)).toContain('maximum');
        else expect(interpret(body)).toHaveLength(1);
      }),
    );
  });
});

describe('what is wrong', () => {
  test('is named with its place, all of it at once', () => {
    const wrong = order({
      updatedAt: '2026-03-01 12:00',
      currency: 'eur',
      lines: [{ sku: '', quantity: 0.5, price: '1,50' }, { quantity: 1 }],
      costs: { 'shipping!': 1, tip: '-1' },
      payment: 'done',
      facts: { number: 1 },
      emial: 'x',
    });
    expect(
      faultsOf(wrong)
        .map(([place]) => place)
        .toSorted(),
    ).toEqual([
      '',
      '/costs/shipping!',
      '/costs/tip',
      '/currency',
      '/facts',
      '/lines/0/price',
      '/lines/0/quantity',
      '/lines/0/sku',
      '/lines/1/price',
      '/lines/1/sku',
      '/payment',
      '/updatedAt',
    ]);
  });

  test('never has a value in its text', () => {
    const wrong = { ...order({ currency: 'jo@example.com', payment: 'jo@example.com' }), email: 5 };
    try {
      interpret(wrong);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('jo@example.com');
    }
  });

  test('is a kind that nobody knows, or none', () => {
    for (const body of [order({ type: 'refund' }), order({ type: undefined })]) {
      expect(faultsOf(body).map(([place]) => place)).toEqual(['/type']);
    }
    for (const body of ['[]', 'null', '"order"', '{}']) expect(faultsOf(body)).toHaveLength(1);
    expect(faultsOf('{')).toEqual([['', 'Invalid JSON']]);
  });

  test('are two lines of an order that cannot be told apart; a cart may have them', () => {
    const line = { sku: 'A', quantity: 1, price: 1 };
    const lines = [line, line];
    expect(faultsOf(order({ lines }))).toEqual([['/lines/1/id', 'Duplicate']]);
    expect(cartOf({ lines }).lines).toHaveLength(2);
    expect(orderOf({ lines: [line, { ...line, id: 'A2' }] }).lines.map(({ id }) => id)).toEqual(['A', 'A2']);
  });

  test('is refused or read, whatever it is, and what is read can be queued', () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const field = fc.constantFrom(...Object.keys(order({ session: 's', email: 'e', test: true, returns: [] })));
    fc.assert(
      fc.property(
        fc.constantFrom(order, cart, customer),
        field,
        anything,
        (make: (changes: object) => Body, name, value) => {
          const text = JSON.stringify(make({ [name]: value }));
          try {
            for (const event of standard.interpret(delivery(text), contextOf())) {
              expect(CommerceEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
            }
          } catch (error) {
            expect(['InvalidRequestError', 'UnauthorizedError']).toContain((error as Error).name);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
