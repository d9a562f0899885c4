import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { Place } from '../../../lib/commerce/platform.ts';
import { UpstreamError } from '../../../lib/contract/errors.ts';
import { type Held, openShop, SHOP_APIS, type ShopApi } from './shop-apis.ts';

const NOW = new Date('2026-06-10T00:00:00Z');
const SINCE = new Date('2026-06-01T00:00:00Z');

/** More than one page; order 2 was changed too long ago. */
const orders = (count = 130): Held[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    changed: index === 1 ? '2026-05-31T23:59:59Z' : `2026-06-0${1 + (index % 9)}T12:00:00Z`,
  }));

const read = async (api: ShopApi, held: readonly Held[] = orders(), over: Partial<Held> = {}, from?: Place) => {
  const shop = await openShop(api, () => held.map((each) => (each.id === 5 ? { ...each, ...over } : each)), NOW);
  const events: CommerceEvent[] = [];
  const places: Place[] = [];
  for await (const each of api.platform.changedSince?.(SINCE, shop.context, from) ?? []) {
    events.push(...each.events);
    places.push(each.place);
  }
  return { ...shop, events, places };
};

const idsIn = (events: readonly CommerceEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'order' ? [Number(event.order.id.replace('order-', ''))] : []));

describe.each(SHOP_APIS.map((api) => ({ name: api.name, api })))('the orders of $name', ({ name, api }) => {
  test('that were changed are read page by page, each once, from a server that is slow, throttles and fails', async () => {
    const { events, skipped, waits, server } = await read(api);
    const wanted = orders()
      .map(({ id }) => id)
      .filter((id) => id !== 2 && !(name === 'shopify' && id === 50));
    expect(idsIn(events).toSorted((one, other) => one - other)).toEqual(wanted);
    expect(events.filter(({ type }) => type === 'customer')).toHaveLength(api.customers);
    expect(skipped).toEqual([]);
    // As long as the server said, then twice a time of our own.
    expect(waits).toEqual([2000, 1000, 1000]);
    expect(server.received.some(({ url }) => url.includes('@'))).toBe(false);
  });

  test('have the same name when they are read again, and another once they have changed', async () => {
    const [first, again, later] = await Promise.all([
      read(api, orders(9)),
      read(api, orders(9)),
      read(api, orders(9), { changed: '2026-06-09T13:00:00Z' }),
    ]);
    const ids = ({ events }: typeof first) => events.map(({ id }) => id);
    expect(ids(again)).toEqual(ids(first));
    expect(new Set(ids(first)).size).toBe(first.events.length);
    expect(ids(later).filter((id) => !ids(first).includes(id))).toHaveLength(1);
  });

  test('are read on from any place: all that was not read yet, and few of the others', async () => {
    const whole = await read(api);
    const names = whole.events.map(({ id }) => id);
    expect(whole.places).toHaveLength(names.length);
    for (const index of [0, 57, 98, 99, 100, names.length - 2, names.length - 1]) {
      const rest = (await read(api, orders(), {}, whole.places[index])).events.map(({ id }) => id);
      expect(rest).toEqual(expect.arrayContaining(names.slice(index + 1)));
      expect(rest.length).toBeLessThanOrEqual(names.length - index - 1 + 20);
    }
    const strange = await read(api, orders(), {}, { list: 'of another platform', after: '99' });
    expect(strange.events).toHaveLength(names.length);
  });

  test('do not hide behind one that cannot be understood', async () => {
    const odd = { currency: 5, order_currency_code: 5, default_currency_code: 5, totalPrice: 5 };
    const { events, skipped } = await read(api, orders(9), { odd });
    expect(idsIn(events)).toEqual(expect.arrayContaining([1, 3, 4, 6, 7, 8, 9]));
    expect(idsIn(events)).not.toContain(5);
    expect(skipped).toEqual([name === 'commercetools' ? 'order/order-00005' : 'order/5']);
  });

  test('are not read with a wrong secret, which is not tried twice', async () => {
    const { context, server } = await openShop(api, () => orders(), NOW);
    const reading = async () => {
      for await (const _ of api.platform.changedSince?.(SINCE, { ...context, apiSecret: 'wrong' }) ?? []);
    };
    await expect(reading()).rejects.toThrow(UpstreamError);
    // The first one was throttled.
    expect(server.received).toHaveLength(2);
  });
});

test('what was given back of an order of WooCommerce is read line by line', async () => {
  const api = SHOP_APIS.find(({ name }) => name === 'woocommerce') as ShopApi;
  const { events } = await read(api, orders(9));
  const returns = events.flatMap((event) =>
    event.type === 'order' && event.order.id === '3' ? event.order.returns : [],
  );
  expect(returns).toMatchObject([{ id: '9', lines: [{ line: '11', quantity: 1 }] }]);
});
