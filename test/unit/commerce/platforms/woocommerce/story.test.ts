import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { woocommerce } from '../../../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { permutations, play } from '../../life.ts';
import { contextOf, interpret, order, shopOf } from './samples.ts';

// One order from its draft to its cancellation: deliveries where they say enough, else what the API answered at that time.

const at = (second: number, changes: object) => order({ date_modified_gmt: `2026-01-01T12:00:0${second}`, ...changes });
const unpaid = { date_paid_gmt: null };
const refunds = [{ id: 900, total: '-12.00' }];
const lines = [{ quantity: -1, meta_data: [{ key: '_refunded_item_id', value: '11' }] }];

const stood = {
  draft: at(0, { ...unpaid, status: 'checkout-draft', coupon_lines: [] }),
  created: at(1, { ...unpaid, status: 'pending' }),
  // Twice within one second, as WooCommerce does right after creation.
  paid: at(2, {}),
  updated: at(2, { meta_data: [{ id: 1, key: 'stock', value: 'reduced' }] }),
  refunded: at(3, { status: 'completed', refunds }),
  cancelled: at(4, { status: 'cancelled', refunds: [] }),
};
type Step = keyof typeof stood;

const tell = async (step: Step): Promise<CommerceEvent[]> => {
  const api = { url: 'https://shop.example', secret: 'API' };
  const events = interpret(stood[step], 'order.updated', { api });
  const [thin] = events;
  if (thin?.type !== 'thin') return events;
  const answer = async (url: unknown) =>
    Response.json(String(url).includes('/refunds') ? [{ id: 900, amount: '12.00', line_items: lines }] : stood[step]);
  const context = { ...contextOf({ api }), fetch: answer as typeof fetch, apiSecret: 'ck:cs' };
  return (await woocommerce.complete?.(thin, context)) ?? [];
};
const told = Object.fromEntries(
  await Promise.all(Object.keys(stood).map(async (step) => [step, await tell(step as Step)])),
) as Record<Step, CommerceEvent[]>;

const SESSION = 'woocommerce:demo:order:100';
const tellAll = (steps: readonly Step[]) =>
  play(
    steps.flatMap((step) => told[step]),
    shopOf(),
  );

describe('the life of one order, each picture delivered twice', () => {
  test('ends in one closed session and one returned shirt, in every order of arrival', () => {
    for (const steps of permutations<Step>(['draft', 'created', 'paid', 'updated', 'refunded'])) {
      const { sessions, events } = tellAll(steps);
      expect([...sessions]).toMatchObject([
        [
          SESSION,
          {
            state: 'closed',
            profileId: 'woocommerce:7',
            couponCodes: ['summer-1'],
            cartItems: [{ sku: 'SHIRT', quantity: 2, price: 10 }],
            additionalCosts: { shipping: { price: 5 } },
          },
        ],
      ]);
      expect(events).toMatchObject([
        { type: 'order_partially_returned', attributes: { refundId: '900', amount: 12, lines: ['SHIRT×1'] } },
      ]);
    }
  });

  test('ends in one cancelled session, or in none when the cancellation comes first', () => {
    for (const steps of permutations<Step>(['draft', 'created', 'paid', 'updated', 'cancelled'])) {
      const { sessions, calls } = tellAll(steps);
      if (steps[0] === 'cancelled') expect(calls).toEqual([]);
      else expect(sessions.get(SESSION)?.state).toBe('cancelled');
    }
  });

  test('with any duplicates ends the same', () => {
    const steps = Object.keys(stood) as Step[];
    const again = fc.array(fc.constantFrom(...steps), { maxLength: 5 });
    const shuffled = again.chain((more) =>
      fc.shuffledSubarray([...steps, ...more], { minLength: steps.length + more.length }),
    );
    fc.assert(
      fc.property(shuffled, (all) => {
        const { sessions, calls } = tellAll(all);
        if (all[0] === 'cancelled') expect(calls).toEqual([]);
        else expect(sessions.get(SESSION)?.state).toBe('cancelled');
      }),
      { numRuns: 200 },
    );
  });
});

test('no unpaid picture closes the session', () => {
  for (const status of ['checkout-draft', 'pending', 'on-hold', 'failed', 'processing', 'a-plugins-own']) {
    for (const events of permutations([at(0, { ...unpaid, status: 'pending' }), at(1, { ...unpaid, status })])) {
      const { sessions } = play(
        events.flatMap((body) => interpret(body)),
        shopOf(),
      );
      expect(sessions.get(SESSION)?.state).toBe('open');
    }
  }
});
