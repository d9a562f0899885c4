import { randomUUID } from 'node:crypto';
import { type Json, type Key, StaleWriteError, type Store } from '../store/store.ts';

/** Where the brake is kept. */
export interface BrakeDeps {
  readonly store: Store;
  readonly accountId: number;
  now(): Date;
}

/** What keeps runs from deleting, or lets one pass that it would keep. */
export type Brake =
  /** Nothing is deleted. `by`: an officer stopped it, or a flood of requests did. */
  | { readonly state: 'stopped'; readonly by: 'officer' | 'flood'; readonly because: string; readonly since: string }
  /** Up to this many requests may be erased in one run until fewer wait: an officer has looked at them. */
  | { readonly state: 'released'; readonly most: number; readonly since: string };

const brakeKey = (accountId: number): Key => ({ partition: `${accountId}/privacy/brake`, sort: 'brake' });

const read = async ({ store, accountId }: BrakeDeps) => {
  const [item] = await store.get([brakeKey(accountId)]);
  return item && { brake: item.data as unknown as Brake, version: item.version };
};

/** How it stands; undefined: nobody touched it. */
export const brakeState = async (deps: BrakeDeps): Promise<Brake | undefined> => (await read(deps))?.brake;

/**
 * Stops all deleting, until somebody releases it.
 *
 * @returns whether it was not stopped before.
 * @throws StaleWriteError when somebody else moved it at the same time.
 */
export const stopAll = async (
  because: string,
  deps: BrakeDeps,
  by: 'officer' | 'flood' = 'officer',
): Promise<boolean> => {
  const held = await read(deps);
  if (held?.brake.state === 'stopped') return false;
  await put({ state: 'stopped', by, because, since: deps.now().toISOString() }, held?.version ?? 'absent', deps);
  return true;
};

/**
 * Lets runs delete again.
 *
 * @param most lets up to this many requests pass in one run, for a flood that somebody has looked at; default: none more
 * than the settings say.
 * @returns whether it was stopped.
 * @throws StaleWriteError when somebody else moved it at the same time.
 */
export const releaseAll = async (most: number | undefined, deps: BrakeDeps): Promise<boolean> => {
  const held = await read(deps);
  if (most !== undefined) {
    await put({ state: 'released', most, since: deps.now().toISOString() }, held?.version ?? 'absent', deps);
  } else if (held) {
    await deps.store.write([{ remove: brakeKey(deps.accountId), expect: held.version }], randomUUID());
  }
  return held?.brake.state === 'stopped';
};

/** Forgets that a flood was let pass, once there is none. Harmless when somebody else moved it meanwhile. */
export const tighten = async (deps: BrakeDeps): Promise<void> => {
  try {
    await releaseAll(undefined, deps);
  } catch (error) {
    if (!(error instanceof StaleWriteError)) throw error;
  }
};

/** A crash after this leaves the brake as it was asked for. */
const put = (brake: Brake, expect: number | 'absent', { store, accountId }: BrakeDeps): Promise<void> =>
  store.write([{ put: { key: brakeKey(accountId), data: brake as unknown as Json }, expect }], randomUUID());
