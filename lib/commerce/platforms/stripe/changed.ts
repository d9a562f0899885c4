import * as z from 'zod';
import { UnusableEventError } from '../../errors.ts';
import type { CommerceEvent } from '../../event.ts';
import { reader } from '../../fields.ts';
import { changeList, PAGE_SIZE, type Placed, readLists, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { Changed, ListContext, Place } from '../../platform.ts';
import { complete } from './complete.ts';
import { idOf, listOf } from './fields.ts';
import { interpret, TYPES } from './interpret.ts';
import { readAccount } from './read-account.ts';

const Listed = z.looseObject({ id: idOf('evt'), created: z.int() });
const readPage = reader(listOf(Listed));
type Listed = z.output<typeof Listed>;

/** For so long Stripe keeps events. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * What the events of the account since then are about, as it is now; each thing once, by its newest event. Stripe's objects
 * do not say when they were changed, its events do, and are kept for 30 days.
 *
 * @throws as `readApi` does.
 */
export const changedSince = (since: Date, context: ListContext, from?: Place): AsyncIterable<Changed> => {
  if (context.now.getTime() - since.getTime() > KEPT_DAYS * DAY_MS) {
    const text = `Stripe tells of the last ${KEPT_DAYS} days; for what is older export the orders into a file`;
    context.skipped('older events', new UnusableEventError(text));
  }
  const told = new Set<string>();
  const events = changeList(
    'events',
    (after) => eventsSince(since, context, after),
    (body) => understood(body.id, () => newsIn(body, told, context), context),
  );
  return readLists([events], from);
};

/**
 * Newest first. It is read on by time, not by id: what an event was is forgotten after 30 days.
 *
 * @param until the second of Unix time that the newest was made in.
 */
async function* eventsSince(since: Date, context: ListContext, until?: string): AsyncGenerator<Placed<Listed>> {
  const types = [...TYPES.keys()].map((type, index) => [`types[${index}]`, type]);
  const query = {
    ...Object.fromEntries(types),
    'created[gte]': String(Math.floor(since.getTime() / 1000)),
    ...(until !== undefined && { 'created[lte]': until }),
    limit: String(PAGE_SIZE),
  };
  let place = {};
  for (;;) {
    const request = { path: '/v1/events', params: {}, query: { ...query, ...place }, read: readPage } as const;
    const { data, has_more } = await readAccount(request, context);
    for (const thing of data) yield { thing, after: String(thing.created) };
    const last = data.at(-1)?.id;
    if (!has_more || last === undefined) return;
    place = { starting_after: last };
  }
}

const newsIn = async (body: Listed, told: Set<string>, context: ListContext): Promise<CommerceEvent[]> => {
  const events = interpret({ body: Buffer.from(JSON.stringify(body)) }, context);
  const whole = await Promise.all(
    events.map(async (event) => {
      const about = event.type === 'thin' ? event.resource : `${event.type}/${body.id}`;
      if (told.has(about)) return [];
      told.add(about);
      return event.type === 'thin' ? complete(event, context) : [event];
    }),
  );
  return whole.flat().flatMap((event) => again(event));
};

/** Named by what it says, not by which of Stripe's events brought it. */
const again = (event: CommerceEvent): CommerceEvent[] => {
  const { shop, version } = event;
  const changed = { updatedAt: version.updatedAt };
  if (event.type === 'order') return [pictured({ type: 'order', order: event.order }, shop, changed)];
  if (event.type === 'customer') return [pictured({ type: 'customer', customer: event.customer }, shop, changed)];
  return [];
};
