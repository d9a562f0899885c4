import { describe, expect, test } from 'vitest';
import { customerDeleted } from '../../../lib/commerce/customer-deleted.ts';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { ProfileHistory } from '../../../lib/commerce/history.ts';
import { guestLinks } from '../../../lib/commerce/naming.ts';
import { permutations } from './life.ts';
import { activity, customer } from './pictures.ts';
import { contextOf, shopOf } from './platforms/shopify/samples.ts';
import { Model } from './session-api.ts';

const first = customer({ country: 'DE' }, 1, { links: ['guest:old'] });
const second = customer({ country: 'FR' }, 2, { links: ['guest:new'] });
const changed = activity({ name: 'customer_linked', customer: '7', links: ['guest:older', 'guest:old'] });
const merged = activity({ name: 'customer_merged', customer: '7', links: ['shopify:9'] });
const deleted = activity({ name: 'customer_deleted', customer: '7' });

const after = (events: readonly CommerceEvent[]) => {
  const model = new Model(shopOf({ attributes: { session: [], item: [], profile: ['country'] } }));
  for (const event of events) {
    model.apply(event, 0);
    model.apply(event);
    model.apply(event);
  }
  const [history] = [...model.histories.values()] as ProfileHistory[];
  return { api: model.api, history, histories: model.histories.size };
};

test('whatever order a customer is told in, each thing is reported once, and nothing is merged', () => {
  for (const events of permutations([first, second, changed, merged, deleted])) {
    const { api, history, histories } = after(events);
    expect(histories).toBe(1);
    expect(history).toEqual({
      kind: 'profile',
      newest: second.version,
      merged: ['shopify:9'],
      deleted: true,
    });
    expect([...api.profiles]).toEqual([['shopify:7', { country: 'FR' }]]);
    expect(api.events.map(({ type }) => type).toSorted()).toEqual(['customer_deleted', 'customer_merged']);
  }
});

describe('a customer', () => {
  test('merged into another is an event of the one that was kept, in a session that holds nothing else', () => {
    const { api } = after([merged]);
    expect(api.events).toEqual([
      {
        type: 'customer_merged',
        profileId: 'shopify:7',
        attributes: {},
        sessionId: `shopify:demo:customer:${merged.id}`,
      },
    ]);
    expect(api.calls).toHaveLength(1);
  });

  test('is reported once more when further ones were merged into them, and not when the same are told again', () => {
    const both = activity({ name: 'customer_merged', customer: '7', links: ['shopify:9', 'shopify:3'] });
    const { api, history } = after([merged, both, merged]);
    expect(api.events).toHaveLength(2);
    expect(history).toMatchObject({ merged: ['shopify:3', 'shopify:9'] });
  });

  test('leaves in what is known of it nothing of the other ids by which they may be known', () => {
    expect(after([first]).history).toEqual({ kind: 'profile', newest: first.version });
    expect(after([changed]).histories).toBe(0);
  });
});

test('one e-mail address is one guest, however it is written, and leaves as a pseudonym only', () => {
  const { links } = guestLinks([' Ann@Example.com', 'ann@example.com ', null, ''], contextOf());
  expect(links).toEqual([`guest:${contextOf().pseudonym('ann@example.com')}`]);
  expect(guestLinks([undefined, ' '], contextOf())).toEqual({});
});

test('a deleted record is told where the shop says so, and nowhere else', () => {
  const { id, shop, version } = deleted;
  expect(customerDeleted({ id, shop, version }, '7', contextOf())).toEqual([]);
  expect(customerDeleted({ id, shop, version }, '7', contextOf({ customerDeleted: 'event' }))).toEqual([deleted]);
});
