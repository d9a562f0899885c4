import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import type { ListContext, Place } from '../../../../../lib/commerce/platform.ts';
import { stripe } from '../../../../../lib/commerce/platforms/stripe/stripe.ts';
import { type Body, CREATED, contextOf, fakeAccount, things } from './fake-account.ts';

const AT = new Date(CREATED * 1000);

const told = (index: number, type: string, object: Body, created = CREATED): Body => ({
  id: `evt_${String(index).padStart(4, '0')}`,
  object: 'event',
  type,
  created,
  livemode: true,
  data: { object },
});

/** An account that lists these events, the newest first. */
const accountWith = (events: readonly Body[]) =>
  fakeAccount(
    things(
      {},
      {
        '/v1/events': (query: URLSearchParams) => {
          const since = Number(query.get('created[gte]'));
          const types = [...query].filter(([name]) => name.startsWith('types[')).map(([, type]) => type);
          const until = Number(query.get('created[lte]') ?? Number.POSITIVE_INFINITY);
          const wanted = events.filter(
            ({ created, type }) => created >= since && created <= until && types.includes(type),
          );
          const first = wanted.findIndex(({ id }) => id === query.get('starting_after')) + 1;
          const data = wanted.slice(first, first + Number(query.get('limit')));
          return { object: 'list', data, has_more: first + data.length < wanted.length };
        },
      },
    ),
  );

const read = async (events: readonly Body[], since = AT, over: Partial<ListContext> = {}, from?: Place) => {
  const server = await accountWith(events);
  const skipped: string[] = [];
  const context: ListContext = {
    ...contextOf({ api: { url: server.url, secret: 'KEY' } }),
    now: new Date(AT.getTime() + 86_400_000),
    skipped: (resource) => void skipped.push(resource),
    ...over,
  };
  const found: CommerceEvent[] = [];
  const places: Place[] = [];
  for await (const { events: told, place } of stripe.changedSince?.(since, context, from) ?? []) {
    found.push(...told);
    places.push(place);
  }
  return { found, places, skipped, server };
};

const CHECKOUT = { object: 'checkout.session', id: 'cs_1' };

describe("what an account's events are about", () => {
  test('is read once, however many tell of it, with the time of the newest', async () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      told(index, 'checkout.session.completed', CHECKOUT, CREATED + 200 - index),
    );
    const { found, server } = await read([...many, told(900, 'plan.created', { object: 'plan' })]);
    expect(found).toMatchObject([
      {
        type: 'order',
        order: { id: 'cs_1' },
        version: { updatedAt: new Date((CREATED + 200) * 1000).toISOString().replace('.000', '') },
      },
    ]);
    expect(server.received.filter(({ url }) => url.startsWith('/v1/events'))).toHaveLength(2);
  });

  test('has the same name whichever event told of it at that time', async () => {
    const one = await read([told(1, 'checkout.session.completed', CHECKOUT)]);
    const other = await read([told(2, 'checkout.session.async_payment_succeeded', CHECKOUT)]);
    expect(other.found.map(({ id }) => id)).toEqual(one.found.map(({ id }) => id));
    expect(one.found).toHaveLength(1);
  });

  test('is read on from any place: what was not told yet is told then, and of the rest no more than one second', async () => {
    const events = Array.from({ length: 130 }, (_, index) =>
      told(
        index,
        'customer.updated',
        { object: 'customer', id: `cus_${index}` },
        CREATED + 500 - Math.floor(index / 2),
      ),
    );
    const { found, places } = await read(events);
    expect(found).toHaveLength(130);
    for (const index of [0, 41, 99, 129]) {
      const rest = (await read(events, AT, {}, places[index])).found.map(({ id }) => id);
      expect(rest).toEqual(expect.arrayContaining(found.slice(index + 1).map(({ id }) => id)));
      expect(rest.length).toBeLessThanOrEqual(130 - index + 1);
    }
  });

  test('is told to be missing where it is older than Stripe remembers', async () => {
    const { skipped } = await read([], new Date(AT.getTime() - 30 * 86_400_000));
    expect(skipped).toEqual(['older events']);
  });

  test('does not hide behind what is gone', async () => {
    const { found, skipped } = await read([
      told(1, 'checkout.session.completed', { object: 'checkout.session', id: 'cs_gone' }),
      told(2, 'checkout.session.completed', CHECKOUT),
    ]);
    expect(found).toHaveLength(1);
    expect(skipped).toEqual(['evt_0001']);
  });
});
