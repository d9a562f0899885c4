import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { createCommercetools } from '../../../../../lib/commerce/platforms/commercetools/commercetools.ts';
import { Model } from '../../session-api.ts';
import {
  type Body,
  cart,
  change,
  contextOf,
  created,
  interpret,
  line,
  message,
  money,
  order,
  shopOf,
} from './samples.ts';

// One order from its cart to its return, each step with its message and with how the order stood when it was read.

const [LATER, REFUNDED] = [
  { paymentState: 'Paid' },
  { items: [{ id: 'r1', quantity: 1, lineItemId: 'line-1', paymentState: 'Refunded' }] },
];
const at = (version: number, changes: object = {}) =>
  // By clocks that disagree: only the version tells which came later.
  order({ version, lastModifiedAt: `2026-01-01T12:01:00.00${9 - version}Z`, ...changes });

const steps = {
  carted: { told: change('Updated', 'cart', 'cart-1'), stood: cart() },
  created: { told: created(), stood: at(1) },
  edited: {
    told: message('OrderEditApplied', 'order', 'order-1'),
    stood: at(2, { lineItems: [line({ quantity: 3 })] }),
  },
  paid: {
    told: message('OrderPaymentStateChanged', 'order', 'order-1', { resourceVersion: 3 }),
    stood: at(3, { ...LATER, lineItems: [line({ quantity: 4, totalPrice: money(12_000) })] }),
  },
  returned: {
    told: message('ReturnInfoSet', 'order', 'order-1', { resourceVersion: 4 }),
    stood: at(4, { ...LATER, returnInfo: [REFUNDED], lineItems: [line({ quantity: 4, totalPrice: money(12_000) })] }),
  },
  cancelled: {
    told: message('OrderStateChanged', 'order', 'order-1', { resourceVersion: 5 }),
    stood: at(5, { ...LATER, orderState: 'Cancelled', returnInfo: [REFUNDED] }),
  },
};
type Step = keyof typeof steps;

/** The events of a step: what the message says, or what is read where it says too little. */
const tell = async (step: Step): Promise<CommerceEvent[]> => {
  const { told, stood } = steps[step];
  const events = interpret(told);
  const [thin] = events;
  if (thin?.type !== 'thin') return events;
  const answer = async (url: unknown) =>
    Response.json(String(url).endsWith('/token') ? { access_token: 't' } : (stood as Body));
  const api = { url: 'https://api.example', secret: 'API', token: { url: 'https://auth.example/token', scope: 's' } };
  const context = { ...contextOf({ api }), fetch: answer as typeof fetch, apiSecret: 'id:secret' };
  return (await createCommercetools().complete?.(thin, context)) ?? [];
};
const told = Object.fromEntries(
  await Promise.all(Object.keys(steps).map(async (step) => [step, await tell(step as Step)])),
) as Record<Step, CommerceEvent[]>;

const permutations = (all: readonly Step[]): Step[][] =>
  all.length === 0
    ? [[]]
    : all.flatMap((step, index) => permutations(all.toSpliced(index, 1)).map((rest) => [step, ...rest]));

const play = (all: readonly Step[]) => {
  const model = new Model(shopOf());
  for (const event of all.flatMap((step) => told[step])) {
    model.apply(event);
    model.apply(event);
  }
  return model.api;
};

describe('the messages of one order, each delivered twice', () => {
  test('end in one closed session with its return, in every order of arrival', () => {
    for (const each of permutations(['carted', 'created', 'edited', 'paid', 'returned'])) {
      const { sessions, events } = play(each);
      expect([...sessions]).toMatchObject([
        [
          'commercetools:demo:cart-1',
          {
            state: 'closed',
            profileId: 'commercetools:customer-1',
            cartItems: [{ sku: 'SHIRT', quantity: 4, price: 30 }],
            additionalCosts: { shipping: { price: 5 } },
          },
        ],
      ]);
      expect(events).toMatchObject([{ type: 'order_partially_returned', attributes: { refundId: 'r1', amount: 30 } }]);
    }
  });

  test('end cancelled in every order of arrival, or in no session when the cancellation comes first', () => {
    for (const each of permutations(['carted', 'created', 'paid', 'cancelled'])) {
      const { sessions, calls } = play(each);
      if (each[0] === 'cancelled') expect(calls).toEqual([]);
      else expect(sessions.get('commercetools:demo:cart-1')?.state).toBe('cancelled');
    }
  });

  test('never close it before it is paid', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Step>('carted', 'created', 'edited'), { minLength: 1 }), (each) => {
        expect(play(each).sessions.get('commercetools:demo:cart-1')?.state).toBe('open');
      }),
    );
  });
});
