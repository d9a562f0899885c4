import type { Guard } from '../contract/api.ts';
import type { Effect } from '../contract/effects.ts';
import { type Key, StaleWriteError, type Store } from '../store/store.ts';
import { markChange } from './mark.ts';
import { outboxChange } from './outbox.ts';
import type { Tracer } from './trace.ts';

/** What applying once needs. */
export interface OnceDeps {
  readonly store: Store;
  readonly accountId: number;
  now(): Date;
}

/** A call that waited in a queue. */
export interface CallAbout {
  readonly application: number;
  readonly requestId: string;
  readonly session?: string;
  readonly operation: string;
  /** Where it is told what was done, in the same write. */
  readonly trace: Tracer;
  ownerOf(): Promise<string | undefined>;
}

/** How often it is looked again whether somebody else made the call; parallel attempts may make each other fail. */
const ATTEMPTS = 5;

/**
 * Makes a call at most once: its mark rides in the call's own write, and so do its effects, for the sweep to publish.
 * Whoever put the call into a queue reads no answer.
 *
 * @param mark where it is noted that the call was made.
 * @param about what to say of the effects, and whose they are.
 * @throws what the call throws; StaleWriteError when others were in the way time and again. Then nothing is noted.
 */
export const applyOnce = async (
  mark: Key,
  call: (guard: Guard) => Promise<unknown>,
  about: CallAbout,
  { store, accountId, now }: OnceDeps,
): Promise<'applied' | 'duplicate'> => {
  const owner = await about.ownerOf();
  const { application, requestId: event, session, operation, trace } = about;
  const id = `call/${application}/${event}`;
  const published = (effects: readonly Effect[]) => {
    const publication = { v: 1, id, application, event, ...(session !== undefined && { session }), effects } as const;
    return effects.length === 0 ? [] : [outboxChange(publication, { accountId, now: now(), owner }).change];
  };
  for (let attempt = 1; ; attempt++) {
    const [done] = await store.get([mark]);
    if (done) return 'duplicate';
    try {
      // A crash after this loses the reply alone: delivered again, the call finds its mark.
      await call((effects) => {
        const outbox = effects.length === 0 ? undefined : id;
        const told = trace.step(id, { outcome: 'applied', operation, effects, outbox }, owner);
        return [markChange(mark, now(), trace.place), ...published(effects), ...told, ...trace.pointers()];
      });
      trace.written();
      return 'applied';
    } catch (error) {
      // Somebody was in the way, but whether they succeeded only the mark tells.
      if (!(error instanceof StaleWriteError) || attempt >= ATTEMPTS) throw error;
    }
  }
};
