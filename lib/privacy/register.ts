import { randomUUID } from 'node:crypto';
import { everyDue, everyItem } from '../store/every.ts';
import { type Change, type Item, type Json, StaleWriteError, type Store } from '../store/store.ts';
import { PRIVACY_LIST, type PrivacyRequest, requestKey, requestsPartition } from './request.ts';

/** Where requests are kept. */
export interface RegisterDeps {
  readonly store: Store;
  readonly accountId: number;
}

/** A request as it was read: who changes it names the version that the change was decided on. */
export interface Registered {
  readonly request: PrivacyRequest;
  readonly version: number;
}

const registeredIn = (item: Item): Registered => ({
  request: item.data as unknown as PrivacyRequest,
  version: item.version,
});

/** The request of an id; undefined: there is none. */
export const findRequest = async (id: string, { store, accountId }: RegisterDeps): Promise<Registered | undefined> => {
  const [item] = await store.get([requestKey(accountId, id)]);
  return item && registeredIn(item);
};

/** All requests, in no promised order. */
export async function* listRequests({ store, accountId }: RegisterDeps): AsyncGenerator<Registered> {
  for await (const item of everyItem(store, { partition: requestsPartition(accountId) })) yield registeredIn(item);
}

/** The requests whose next moment has come, by that moment. */
export async function* dueRequests(until: Date, { store }: RegisterDeps): AsyncGenerator<Registered> {
  for await (const keys of everyDue(store, PRIVACY_LIST, until)) {
    const items = keys.length === 0 ? [] : await store.get(keys);
    // The list is told late of changes: what has moved on meanwhile is not due.
    for (const item of items) if (item?.due && item.due.at <= until) yield registeredIn(item);
  }
}

/** The change that registers a request, or what became of it, if nothing else has happened to it meanwhile. */
export const requestChange = (request: PrivacyRequest, accountId: number, expect: number | 'absent'): Change => ({
  put: {
    key: requestKey(accountId, request.id),
    data: request as unknown as Json,
    ...(request.next !== undefined && { due: { list: PRIVACY_LIST, at: new Date(request.next) } }),
  },
  expect,
});

/** What was decided of a request. */
export interface Decision {
  /** As it becomes. */
  readonly request: PrivacyRequest;
  /** What is written together with it. */
  readonly beside?: readonly Change[];
}

/** Decides on a request as it is now; undefined: nothing changes. */
export type Decide = (request: PrivacyRequest) => Decision | undefined | Promise<Decision | undefined>;

/** How often a change is decided again because others were faster. */
const ATTEMPTS = 5;

/**
 * Changes a request by a decision on what it is now, together with what the decision brings along, in one write.
 *
 * @param decide called again when others were faster.
 * @returns the request as it is then; undefined when there is none.
 * @throws what `decide` throws; StaleWriteError when others were faster time and again. Then nothing is changed.
 */
export const changeRequest = async (
  id: string,
  decide: Decide,
  deps: RegisterDeps,
): Promise<PrivacyRequest | undefined> => {
  for (let attempt = 1; ; attempt++) {
    const found = await findRequest(id, deps);
    if (!found) return undefined;
    const decided = await decide(found.request);
    if (!decided) return found.request;
    try {
      // A crash after this loses the reply alone: whoever reads the request finds what became of it.
      await deps.store.write(
        [requestChange(decided.request, deps.accountId, found.version), ...(decided.beside ?? [])],
        randomUUID(),
      );
      return decided.request;
    } catch (error) {
      if (!(error instanceof StaleWriteError) || attempt >= ATTEMPTS) throw error;
    }
  }
};
