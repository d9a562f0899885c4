import { InvalidRequestError, UnauthorizedError, UpstreamError } from '../contract/errors.ts';
import { UnusableEventError } from './errors.ts';
import type { CommerceEvent } from './event.ts';
import type { ListContext } from './platform.ts';

/** Small enough that a page of large orders stays below what one answer may have. */
export const PAGE_SIZE = 100;

/** Anything that a list holds. */
export interface Listed {
  readonly id: string;
}

/**
 * Reads a list in the order of its ids, each page from behind the last id of the one before: unlike counted pages, they
 * neither skip nor repeat anything when the list changes meanwhile.
 *
 * @param read answers at most `PAGE_SIZE` things behind an id; behind none, the first ones.
 */
export async function* listBehind<T extends Listed>(
  read: (after: string | undefined) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  let after: string | undefined;
  for (;;) {
    const page = await read(after);
    yield* page;
    const last = page.at(-1)?.id;
    // A page that is not full need not be the last: some lists are filtered after they were cut. A server that goes on
    // answering the same page would be read for ever.
    if (last === undefined || last === after) return;
    after = last;
  }
}

/** Reads a list that has numbered pages only. */
export async function* listNumbered<T>(read: (page: number) => Promise<readonly T[]>): AsyncGenerator<T> {
  for (let number = 1; ; number++) {
    const page = await read(number);
    yield* page;
    if (page.length < PAGE_SIZE) return;
  }
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
