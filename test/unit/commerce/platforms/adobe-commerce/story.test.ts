import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { Model } from '../../session-api.ts';
import { type Body, contextOf, event, interpret, order, platform, SAVED, shopOf } from './samples.ts';

// One order from its placement to its refund: events where they say enough, else what the API answered at that time.

const PAID = { total_paid: 25.16 };
const memos = {
  items: [{ entity_id: 5, state: 2, grand_total: 10.08, items: [{ order_item_id: 11, qty: 1 }] }],
  total_count: 1,
};
const at = (minute: number, changes: object) => order({ updated_at: `2026-01-01 12:0${minute}:00`, ...changes });

const steps = {
  placed: { type: 'observer.sales_order_place_after', stood: at(0, { coupon_code: null }) },
  // Within one second of the invoice, as payments on placement are.
  edited: { type: SAVED, stood: at(1, {}) },
  paid: { type: SAVED, stood: at(1, { state: 'processing', ...PAID }) },
  invoiced: { type: 'observer.sales_order_invoice_pay', stood: at(2, { state: 'processing', ...PAID }) },
  refunded: {
    type: 'observer.sales_order_creditmemo_save_after',
    stood: at(3, { state: 'complete', ...PAID, total_refunded: 10.08 }),
  },
  cancelled: { type: SAVED, stood: at(4, { state: 'canceled' }) },
};
type Step = keyof typeof steps;

/** The events of a step; where they are thin, what is read. */
const tell = async (step: Step): Promise<CommerceEvent[]> => {
  const { type, stood } = steps[step];
  const value = /invoice|creditmemo/.test(type)
    ? { entity_id: 5, order_id: 100, updated_at: '2026-01-01 12:09:00' }
    : stood;
  const events = interpret(event(type, value));
  const [thin] = events;
  if (thin?.type !== 'thin') return events;
  const answer = async (url: unknown) => Response.json(String(url).includes('creditmemos') ? memos : (stood as Body));
  const context = { ...contextOf({ api: { url: 'https://shop.example', secret: 'API' } }), apiSecret: 'token' };
  return (await platform.complete?.(thin, { ...context, fetch: answer as typeof fetch })) ?? [];
};
const told = Object.fromEntries(
  await Promise.all(Object.keys(steps).map(async (step) => [step, await tell(step as Step)])),
) as Record<Step, CommerceEvent[]>;

const permutations = (all: readonly Step[]): Step[][] =>
  all.length === 0
    ? [[]]
    : all.flatMap((step, index) => permutations(all.toSpliced(index, 1)).map((rest) => [step, ...rest]));

const SESSION = 'adobe-commerce:demo:77';

const play = (all: readonly Step[]) => {
  const model = new Model(shopOf());
  for (const each of all.flatMap((step) => told[step])) {
    model.apply(each);
    model.apply(each);
  }
  return model.api;
};

describe('the events of one order, each delivered twice', () => {
  test('end in one closed session with its refund, in every order of arrival', () => {
    for (const each of permutations(['placed', 'edited', 'paid', 'invoiced', 'refunded'])) {
      const { sessions, events } = play(each);
      expect([...sessions]).toMatchObject([
        [
          SESSION,
          {
            state: 'closed',
            profileId: 'adobe-commerce:7',
            couponCodes: ['SUMMER-1'],
            cartItems: [{ sku: 'SHIRT-L', quantity: 2, price: 10.08 }],
            additionalCosts: { shipping: { price: 5 } },
          },
        ],
      ]);
      expect(events).toMatchObject([
        { type: 'order_partially_returned', attributes: { refundId: '5', amount: 10.08 } },
      ]);
    }
  });

  test('end cancelled in every order of arrival, or in no session when the cancellation comes first', () => {
    for (const each of permutations(['placed', 'edited', 'paid', 'cancelled'])) {
      const { sessions, calls } = play(each);
      if (each[0] === 'cancelled') expect(calls).toEqual([]);
      else expect(sessions.get(SESSION)?.state).toBe('cancelled');
    }
  });

  test('never close it before it is paid', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Step>('placed', 'edited'), { minLength: 1 }), (each) => {
        expect(play(each).sessions.get(SESSION)?.state).toBe('open');
      }),
    );
  });
});
