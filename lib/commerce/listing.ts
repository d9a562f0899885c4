import { InvalidRequestError, UnauthorizedError, UpstreamError } from '../contract/errors.ts';
import { UnusableEventError } from './errors.ts';
import type { CommerceEvent } from './event.ts';
import type { Changed, ListContext, Place } from './platform.ts';

/** Small enough that a page of large orders stays below what one answer may have. */
export const PAGE_SIZE = 100;

/** Anything that a list holds. */
export interface Listed {
  readonly id: string;
}

/** A thing of a list, and from where the list is read on behind it. */
export interface Placed<T> {
  readonly thing: T;
  readonly after: string;
}

/**
 * Reads a list in the order of its ids, each page from behind the last id of the one before: unlike counted pages, they
 * neither skip nor repeat anything when the list changes meanwhile.
 *
 * @param read answers at most `PAGE_SIZE` things behind an id; behind none, the first ones.
 * @param from the id behind which it begins.
 */
export async function* listBehind<T extends Listed>(
  read: (after: string | undefined) => Promise<readonly T[]>,
  from?: string,
): AsyncGenerator<Placed<T>> {
  let after = from;
  for (;;) {
    const page = await read(after);
    for (const thing of page) yield { thing, after: thing.id };
    const last = page.at(-1)?.id;
    // A page that is not full need not be the last: some lists are filtered after they were cut. A server that goes on
    // answering the same page would be read for ever.
    if (last === undefined || last === after) return;
    after = last;
  }
}

/** So many things are read again where a counted list is read on. */
const AGAIN = 20;

/**
 * Reads a list that has numbered pages only. Read on, it begins a little earlier: what is deleted meanwhile moves all that
 * is behind it forward.
 *
 * @param from behind how many things it begins.
 */
export async function* listNumbered<T>(
  read: (page: number) => Promise<readonly T[]>,
  from = '0',
): AsyncGenerator<Placed<T>> {
  const first = Math.max(0, Number(from) - AGAIN);
  for (let number = 1 + Math.floor(first / PAGE_SIZE); ; number++) {
    const page = await read(number);
    for (const [index, thing] of page.entries()) {
      const before = (number - 1) * PAGE_SIZE + index;
      if (before >= first) yield { thing, after: String(before + 1) };
    }
    if (page.length < PAGE_SIZE) return;
  }
}

/** One of the lists that a platform has. */
export interface ChangeList {
  readonly name: string;
  /** Reads it from there on; without it, from its beginning. */
  read(after: string | undefined): AsyncIterable<Changed>;
}

/** A list whose things tell events. */
export const changeList = <T>(
  name: string,
  listed: (after: string | undefined) => AsyncIterable<Placed<T>>,
  eventsOf: (thing: T) => Promise<readonly CommerceEvent[]>,
): ChangeList => ({
  name,
  read: async function* (from) {
    for await (const { thing, after } of listed(from))
      yield { events: await eventsOf(thing), place: { list: name, after } };
  },
});

/** Reads lists one after the other, from a place on. */
export async function* readLists(lists: readonly ChangeList[], from: Place | undefined): AsyncGenerator<Changed> {
  const first = lists.findIndex(({ name }) => name === from?.list);
  for (const [index, list] of lists.entries()) {
    if (index >= first) yield* list.read(index === first ? from?.after : undefined);
  }
}

/** The events alone. */
export async function* eventsIn(changes: AsyncIterable<Changed>): AsyncGenerator<CommerceEvent> {
  for await (const { events } of changes) yield* events;
}

/**
 * The events of one thing of a list. None, and `skipped` is told, when it is at fault itself: one odd order must not hide
 * all the others.
 *
 * @throws what is wrong with the platform or with us.
 */
export const understood = async (
  resource: string,
  read: () => CommerceEvent[] | Promise<CommerceEvent[]>,
  { skipped }: Pick<ListContext, 'skipped'>,
): Promise<CommerceEvent[]> => {
  try {
    return await read();
  } catch (error) {
    if (!isItsOwnFault(error)) throw error;
    skipped(resource, error);
    return [];
  }
};

const isItsOwnFault = (error: unknown): error is Error =>
  error instanceof InvalidRequestError ||
  error instanceof UnauthorizedError ||
  error instanceof UnusableEventError ||
  (error instanceof UpstreamError && error.onQueue === 'park');
