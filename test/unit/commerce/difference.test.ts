import { describe, expect, test } from 'vitest';
import { decide, type History } from '../../../lib/commerce/decide.ts';
import { differenceOf } from '../../../lib/commerce/difference.ts';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import { pictured } from '../../../lib/commerce/pictured.ts';
import { cart, cartDeleted, customer, order, refund } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';

const shop = shopOf({ testOrders: 'drop' });

/** What is known when these events were applied. */
const after = (...events: readonly CommerceEvent[]): History | undefined =>
  events.reduce<History | undefined>((before, event) => {
    const { steps, history } = decide(event, before, shop);
    return steps.at(-1)?.history ?? history ?? before;
  }, undefined);

/** The same as the API answers it: at the same time, in other bytes. */
const read = (event: CommerceEvent): CommerceEvent => {
  const { updatedAt } = event.version;
  if (event.type === 'order') return pictured({ type: 'order', order: event.order }, event.shop, { updatedAt });
  if (event.type === 'customer')
    return pictured({ type: 'customer', customer: event.customer }, event.shop, { updatedAt });
  throw new Error('only what is listed');
};

const paid = order({ payment: 'paid' }, 20);
const edited = order({ payment: 'paid', codes: [] }, 30);

describe('a picture agrees with what was applied', () => {
  test.each<[string, CommerceEvent, readonly CommerceEvent[]]>([
    ['when it is what was delivered, in other bytes', read(order()), [order()]],
    ['when a newer one was applied', read(order()), [order(), paid]],
    [
      'when the order was cancelled before there was a session',
      read(order({ cancelled: true })),
      [order({ cancelled: true })],
    ],
    ['when it was never to be applied', read(order({ test: true })), []],
    ['when a closed order was edited, and that was reported', read(edited), [paid, edited]],
    ['when the customer is the same', read(customer()), [customer()]],
  ])('%s', (_, event, applied) => {
    expect(differenceOf(event, after(...applied), shop)).toBeUndefined();
  });
});

describe('a picture differs from what was applied', () => {
  test.each<[string, CommerceEvent, readonly CommerceEvent[], string]>([
    ['nothing was', read(order()), [], 'missing'],
    ['it was not paid yet', read(paid), [order()], 'state'],
    ['it was open only as a cart', read(order()), [cart()], 'stale'],
    ['another content was applied of the same moment', read(order({ codes: [] })), [cart({}, 10)], 'stale'],
    ['it was cancelled since', read(order({ cancelled: true, payment: 'paid' }, 30)), [paid], 'state'],
    ['something was given back', read(order({ payment: 'paid', returns: [refund('r1', 1)] }, 30)), [paid], 'refund'],
    ['it was edited after closing', read(edited), [paid], 'event'],
    ['only its cart was deleted', read(order()), [cartDeleted()], 'missing'],
    ['it was changed while it was open', read(order({ codes: [] }, 30)), [order()], 'stale'],
    ['the customer was changed', read(customer({}, 5)), [customer()], 'stale'],
    ['it is in another currency', read(order({ currency: 'JPY' })), [], 'unusable'],
  ])('because %s', (_, event, applied, difference) => {
    expect(differenceOf(event, after(...applied), shop)).toBe(difference);
  });
});
