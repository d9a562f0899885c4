import { describe, expect, test } from 'vitest';
import { decide, groupOf, type History, historyOf } from '../../../lib/commerce/decide.ts';
import { UnusableEventError } from '../../../lib/commerce/errors.ts';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import { cart, customer, order, refund } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';
import { Model } from './session-api.ts';

const SESSION = 'shopify:demo:token';
const paid = { payment: 'paid' } as const;
const cancelled = { cancelled: true } as const;
const other = { lines: [{ id: '2', sku: 'HAT', name: 'Hat', quantity: 1, price: '9.90', giftCard: false }] };

const after = (...events: CommerceEvent[]): Model => {
  const model = new Model(shopOf());
  for (const event of events) model.apply(event);
  return model;
};
const session = (model: Model) => model.api.sessions.get(SESSION);
const lastBody = (model: Model) => model.api.calls.at(-1)?.input.body;

describe('a cart', () => {
  test('opens the session with its whole content', () => {
    expect(after(cart()).api.calls).toMatchObject([
      {
        operation: 'updateCustomerSessionV2',
        input: {
          params: { customerSessionId: SESSION },
          query: { dry: false },
          body: {
            customerSession: {
              profileId: 'shopify:7',
              state: 'open',
              couponCodes: ['SUMMER-0001'],
              cartItems: [{ name: 'Shirt', sku: 'SHIRT', quantity: 2, price: 30 }],
              additionalCosts: { shipping: { price: 5 } },
            },
            responseContent: [],
          },
        },
      },
    ]);
  });

  test('changed, updates it', () => {
    const model = after(cart());
    expect(model.apply(cart(other, 1))).toBe('applied: session updated');
    expect(session(model)).toMatchObject({ state: 'open', cartItems: [{ sku: 'HAT' }] });
  });

  test('seen late, does not undo a newer one', () => {
    const model = after(cart(other, 5));
    expect(model.apply(cart({}, 4))).toBe('stale: older picture');
    expect(model.api.calls).toHaveLength(1);
  });

  test('seen after its order does nothing, however new it says it is', () => {
    const model = after(order({}, 1));
    expect(model.apply(cart(other, 99))).toBe('stale: older picture');
  });

  test('seen twice is applied once', () => {
    const model = after(cart());
    expect(model.apply(cart())).toBe('duplicate: same picture');
    expect(model.api.calls).toHaveLength(1);
  });

  test('a time with a fraction is newer than the same second without', () => {
    const later = cart(other, 5);
    const model = after(cart({}, 5));
    expect(model.apply({ ...later, version: { ...later.version, updatedAt: '2026-01-01T00:00:05.25Z' } })).toBe(
      'applied: session updated',
    );
  });
});

describe('an order', () => {
  test('that is not paid keeps the session open', () => {
    expect(session(after(cart(), order()))?.state).toBe('open');
  });

  test('that is paid closes it with its own content', () => {
    const model = after(cart(), order({ ...paid, ...other }));
    expect(session(model)).toMatchObject({ state: 'closed', cartItems: [{ sku: 'HAT' }] });
  });

  test('that is paid makes the session when nothing came before', () => {
    expect(session(after(order(paid)))?.state).toBe('closed');
  });

  test('closes unpaid where the shop says so', () => {
    const model = new Model(shopOf({ closeOn: 'created' }));
    model.apply(order());
    expect(session(model)?.state).toBe('closed');
  });

  test('paid in an older picture closes too, and keeps the newest content', () => {
    const model = after(order(other, 20));
    expect(model.apply(order(paid, 15))).toBe('applied: session closed');
    expect(lastBody(model)).toEqual({ customerSession: { state: 'closed' }, responseContent: [] });
    expect(session(model)).toMatchObject({ state: 'closed', cartItems: [{ sku: 'HAT' }] });
  });

  test('changed after closing leaves the session as it was closed', () => {
    const model = after(order(paid));
    expect(model.apply(order({ ...paid, ...other }, 11))).toBe('applied: edited after closing, for review');
    expect(model.apply(order({ ...paid, ...other }, 11))).toBe('duplicate: same picture');
    expect(model.apply(order({ ...paid, ...other }, 12))).toBe('ignored: edited after closing');
    expect(model.api.events).toEqual([{ type: 'order_edited', attributes: {}, sessionId: SESSION }]);
    expect(session(model)).toMatchObject({ cartItems: [{ sku: 'SHIRT' }] });
  });

  test('the same after closing needs no call', () => {
    const model = after(order(paid));
    expect(model.apply(order({ ...paid, facts: { orderNumber: '#1' } }, 11))).toBe('applied: nothing to change');
    expect(model.api.calls).toHaveLength(1);
  });

  test('that is paid again with unpaid news does not open again', () => {
    const model = after(order(paid));
    model.apply(order({}, 11));
    expect(session(model)?.state).toBe('closed');
  });

  test('of the same second: the further state is the newer picture, whatever the digests are', () => {
    for (const name of 'abcdefgh') {
      const unpaid = order({ facts: { orderNumber: name }, ...other }, 10);
      for (const events of [
        [unpaid, order(paid, 10)],
        [order(paid, 10), unpaid],
      ]) {
        expect(session(after(...events))).toMatchObject({ state: 'closed', cartItems: [{ sku: 'SHIRT' }] });
      }
    }
  });

  test('of the same second and state: one of the pictures is the newer one, always the same', () => {
    for (const name of 'abcdefgh') {
      const one = order({ facts: { orderNumber: name } }, 10);
      const two = order({ facts: { orderNumber: name }, ...other }, 10);
      expect(session(after(one, two))?.cartItems).toEqual(session(after(two, one))?.cartItems);
    }
  });
});

describe('a cancellation', () => {
  test('of an open session cancels it with the content that it shows', () => {
    const model = after(cart());
    expect(model.apply(order({ ...cancelled, ...other }))).toBe('applied: session cancelled');
    expect(session(model)).toMatchObject({ state: 'cancelled', cartItems: [{ sku: 'HAT' }] });
  });

  test('of a closed session moves its state and nothing else', () => {
    const model = after(order(paid), order({ ...paid, ...cancelled, ...other }, 11));
    expect(lastBody(model)).toEqual({ customerSession: { state: 'cancelled' }, responseContent: [] });
  });

  test('a voided payment is one', () => {
    expect(session(after(order(), order({ payment: 'voided' }, 11)))?.state).toBe('cancelled');
  });

  test('that comes before everything else leaves no session, then and later', () => {
    const model = after(order(cancelled, 30));
    expect(model.apply(order(paid, 20))).toBe('ignored: cancelled before there was a session');
    expect(model.apply(cart())).toBe('ignored: cancelled before there was a session');
    expect(model.apply(order(cancelled, 30))).toBe('ignored: cancelled before there was a session');
    expect(model.api.calls).toEqual([]);
  });

  test('is final', () => {
    const model = after(cart(), order(cancelled, 20));
    expect(model.apply(order(paid, 30))).toBe('ignored: cancelled before');
    expect(model.apply(order(paid, 15))).toBe('stale: older picture');
    expect(session(model)?.state).toBe('cancelled');
  });
});

describe('a refund', () => {
  const refunded = { ...paid, returns: [refund('900', 1)] };

  test('of lines is reported once as returned, after closing', () => {
    const model = after(order(refunded));
    expect(model.api.calls.map(({ operation }) => operation)).toEqual(['updateCustomerSessionV2', 'trackEvent']);
    expect(model.api.events).toEqual([
      {
        sessionId: SESSION,
        type: 'order_partially_returned',
        attributes: { orderId: '100', refundId: '900', amount: 30, lines: ['SHIRT×1'] },
      },
    ]);
    expect(model.apply(order(refunded))).toBe('duplicate: same picture');
    expect(model.apply(order({ ...refunded, returns: [...refunded.returns, refund('901', 0, '1.25')] }, 12))).toBe(
      'applied: refund reported',
    );
    expect(model.api.events.slice(1)).toEqual([
      {
        sessionId: SESSION,
        type: 'order_refunded_amount',
        attributes: { orderId: '100', refundId: '901', amount: 1.25 },
      },
    ]);
  });

  test('keeps the session closed, so that the coupon stays spent', () => {
    expect(session(after(order(paid), order({ ...refunded }, 11)))?.state).toBe('closed');
  });

  test('seen in an older picture is a fact all the same', () => {
    const model = after(order(paid, 20));
    expect(model.apply(order(refunded, 15))).toBe('applied: refund reported');
    expect(model.apply(order(refunded, 15))).toBe('stale: older picture');
    expect(model.api.events).toHaveLength(1);
  });

  test('of an open session waits until it is closed, also when that picture does not show it', () => {
    const model = after(order({ returns: refunded.returns }, 20));
    expect(model.api.events).toEqual([]);
    expect(model.apply(order(paid, 15))).toBe('applied: session closed');
    expect(model.api.events).toMatchObject([{ attributes: { refundId: '900' } }]);
  });

  test('of a cancelled order is not reported: everything was given back', () => {
    expect(after(order(paid), order({ ...refunded, ...cancelled }, 11)).api.events).toEqual([]);
  });

  test('listed twice in one picture is one', () => {
    expect(after(order({ ...paid, returns: [refund('900', 1), refund('900', 1)] })).api.events).toHaveLength(1);
  });

  test('a crash between the calls loses none and repeats none', () => {
    for (const made of [0, 1, 2, 3]) {
      const model = new Model(shopOf());
      const event = order({ ...paid, returns: [refund('900', 1), refund('901', 0)] });
      model.apply(event, made);
      model.apply(event);
      model.apply(event);
      expect(model.api.events.map(({ attributes }) => attributes.refundId)).toEqual(['900', '901']);
    }
  });
});

describe('codes', () => {
  const codesOf = (...events: CommerceEvent[]) =>
    after(...events).api.calls.map(({ input }) => (input.body as never as Bodies).customerSession.couponCodes);
  type Bodies = { customerSession: { couponCodes?: string[] } };

  test('of the shop itself stay out', () => {
    expect(codesOf(cart({ codes: ['WELCOME', 'SUMMER-0001', 'xSUMMER-2'] }))).toEqual([['SUMMER-0001']]);
  });

  test('never there are never named, so that codes which others gave the session stay', () => {
    expect(codesOf(cart({ codes: [] }), cart({ codes: ['WELCOME'] }, 1))).toEqual([undefined, undefined]);
  });

  test('taken away are taken away once', () => {
    expect(codesOf(cart(), cart({ codes: [] }, 1), cart({ codes: [], ...other }, 2))).toEqual([
      ['SUMMER-0001'],
      [],
      undefined,
    ]);
  });
});

describe('what cannot become a call is put aside with what to do', () => {
  const unusable: [string, CommerceEvent, RegExp][] = [
    ['another currency', order({ currency: 'JPY' }), /in JPY, .* in USD: correct the currency/],
    ['another currency in a cart', cart({ currency: 'EUR' }), /in EUR/],
    ['1001 lines', order({ lines: Array(1001).fill(other.lines[0]) }), /\/cartItems: .*1000/],
    ['10001 units', order({ lines: [{ ...other.lines[0], quantity: 10_001 } as never] }), /\/cartItems\/0\/quantity/],
    ['a code of 101 characters', order({ codes: [`SUMMER-${'0'.repeat(94)}`] }), /\/couponCodes\/0: /],
    ['an amount beyond exact numbers', order({ costs: { shipping: '1000000000000.01' } }), /\/additionalCosts/],
  ];

  test.each(unusable)('%s', (_name, event, text) => {
    expect(() => decide(event, undefined, shopOf())).toThrow(UnusableEventError);
    expect(() => decide(event, undefined, shopOf())).toThrow(text);
  });

  test('a second order in the same session', () => {
    const model = after(order(paid));
    model.apply(cart());
    expect(() => model.apply(order({ ...paid, id: '101' }, 11))).toThrow(UnusableEventError);
    expect(model.api.calls).toHaveLength(1);
  });

  test('a second order in the session of one that was cancelled, made or not', () => {
    for (const model of [after(order(cancelled)), after(order(paid), order(cancelled, 11))]) {
      expect(() => model.apply(order({ ...paid, id: '101' }, 12))).toThrow(UnusableEventError);
    }
  });

  test('but not a picture whose content would not be sent', () => {
    const model = after(order(paid));
    expect(model.apply(order({ ...paid, lines: Array(1001).fill(other.lines[0]) }, 11))).toBe(
      'applied: edited after closing, for review',
    );
  });
});

describe('a test order', () => {
  test('never reaches the API where they are dropped', () => {
    const shop = shopOf({ testOrders: 'drop' });
    const decision = decide(order({ ...paid, test: true }), undefined, shop);
    expect(decision).toEqual({ outcome: 'ignored', reason: 'test order', steps: [] });
  });

  test('is an order like any where they are applied', () => {
    expect(session(after(order({ ...paid, test: true })))?.state).toBe('closed');
  });
});

describe('a customer', () => {
  test('becomes a profile even with nothing to say of it', () => {
    const [step] = decide(customer({ country: 'CA' }), undefined, shopOf()).steps;
    expect(step).toMatchObject({
      operation: 'updateCustomerProfileV2',
      input: { params: { integrationId: 'shopify:7' }, query: { runRuleEngine: false, dry: false } },
    });
    expect(step?.input.body).toEqual({ responseContent: [] });
  });

  test('is applied when newer than what is known, and once', () => {
    const model = new Model(
      shopOf({ attributes: { session: [], item: [], profile: ['acceptsMarketing', 'tags', 'country', 'state'] } }),
    );
    model.apply(customer({ country: 'DE', tags: ['vip'] }, 5));
    expect(model.apply(customer({ country: 'DE', tags: ['vip'] }, 5))).toBe('duplicate: same picture');
    expect(model.apply(customer({ country: 'FR' }, 4))).toBe('stale: older picture');
    expect(model.apply(customer({ country: 'IT' }, 6))).toBe('applied: profile updated');
    expect(model.api.profiles.get('shopify:7')).toEqual({ country: 'IT', tags: ['vip'] });
  });
});

test('what says too little waits', () => {
  const { version } = cart();
  const thin: CommerceEvent = { id: 'x', shop: 'demo', version, type: 'thin', resource: 'order/1' };
  expect(decide(thin, undefined, shopOf())).toEqual({ outcome: 'waiting', reason: 'says too little', steps: [] });
});

test('everything about one session shares a group and a history; profiles have their own', () => {
  const shop = shopOf();
  const names = [cart(), order(), order(paid, 11)].map((event) => historyOf(event, shop).join('/'));
  expect(new Set(names).size).toBe(1);
  expect(groupOf(cart(), shop)).toEqual(groupOf(order(), shop));
  // The storefront may name a session after a customer.
  expect(historyOf(cart({ session: 'shopify:7' }), shop)).not.toEqual(historyOf(customer(), shop));
});

test('a session belongs to its shop, a profile to all of them', () => {
  const shop = shopOf();
  const elsewhere = <E extends CommerceEvent>(event: E): E => ({ ...event, shop: 'elsewhere' });
  expect(historyOf(elsewhere(order()), shop)).not.toEqual(historyOf(order(), shop));
  expect(historyOf(elsewhere(customer()), shop)).toEqual(historyOf(customer(), shop));
});

test('histories are plain JSON without personal data', () => {
  const model = after(cart({ buyer: { guest: 'abc' } }), order({ ...paid, returns: [refund('900', 1)] }));
  const [history] = [...model.histories.values()] as [History];
  expect(JSON.parse(JSON.stringify(history))).toEqual(history);
});
