import { randomUUID } from 'node:crypto';
import type { Guard } from '../contract/api.ts';
import { ApiError, ConflictError, IllegalTransitionError } from '../contract/errors.ts';
import type { AnyOperation } from '../contract/operation.ts';
import type { Segment } from '../store/segment.ts';
import { type Change, type Item, type Key, keyOf, keyText, StaleWriteError, type Store } from '../store/store.ts';
import { answeredEffects } from './answered-effects.ts';
import { type Leased, leaseChange, leaseKey, UNDER_WAY_MS } from './lease.ts';
import { ParkError } from './park.ts';

/** What a ledger is kept with. */
export interface LedgerDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  now(): Date;
}

/** A call of another server, and what rides along. */
export interface LedgerCall {
  readonly applicationId: number;
  /** Names the call: it is the same when the call is repeated after a crash. */
  readonly requestId: string;
  /** A dry run: it changes nothing, so nothing of it is noted or published. */
  readonly dry: boolean;
  /** No other call about any of these is under way meanwhile. */
  readonly about: readonly Leased[];
  readonly guard: Guard;
}

/** As long as queues and platforms go on delivering. */
const KEPT_DAYS = 15;

/**
 * Makes a guarded call of another server, which cannot write our changes together with its own (design.md decision 13).
 * What is about to be sent is noted first; after the answer the guard's changes take the note's place in one write. Who
 * finds a note does not know whether the call was made: while it is young, somebody may be making it; later, where a
 * repeat is safe, it is made again, and a session that is found to be where the call would have moved it is done. The
 * effects of such a move were in the answer that was lost: there are none to publish. All else is for people to settle.
 *
 * The other server knows neither our versions nor our order: of two calls about one session the later one stays. So with
 * the note leases are taken, and it is checked that what the call was decided on still is as it was; the answer, a refusal
 * and time end the leases (design.md §5). Where nobody knows what became of a call, it may still arrive until then.
 *
 * @throws ConflictError while another delivery of the call, or another call about the same, may be under way.
 * @throws ParkError `outcome-unknown` where only people can tell.
 * @throws StaleWriteError when one of the guard's changes meets another state. Before the call was made, as a rule.
 * @throws what the call throws.
 */
export const withLedger = async (
  row: AnyOperation,
  send: () => Promise<unknown>,
  { applicationId, requestId, dry, about, guard }: LedgerCall,
  { store, accountId, segment, now }: LedgerDeps,
): Promise<unknown> => {
  if (dry) {
    const answer = await send();
    await store.write(guard([]) as readonly Change[], randomUUID());
    return answer;
  }
  const key: Key = {
    partition: `${accountId}/sent/${segment(String(applicationId), row.id, requestId)}`,
    sort: 'call',
  };
  const [noted] = await store.get([key]);
  if (noted) assertRepeatable(noted, row, now());
  const expires = new Date(now().getTime() + KEPT_DAYS * 86_400_000);
  const note = { key, data: { at: now().toISOString() }, expires };
  const leases = about.map((thing) => leaseKey(applicationId, thing, { accountId, segment }));
  const taken = leases.map((lease) => leaseChange(lease, now()));
  const released = leases.map((lease): Change => ({ remove: lease }));
  const decidedOn = expectationsOf(guard([]) as readonly Change[]);
  try {
    // After a crash here the call may or may not have been made: the note says so, and the leases run out.
    await store.write([{ put: note, expect: noted?.version ?? 'absent' }, ...taken, ...decidedOn], randomUUID());
  } catch (error) {
    if (leases.some((lease) => isStale(error, lease)))
      throw new ConflictError('session', 'another call about the same is under way');
    throw error;
  }
  const answer = await send().catch(async (error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    const isEcho = noted !== undefined || error.upstream?.repeated === true;
    if (isEcho && isThereAlready(error)) return undefined;
    if (!isEcho && isUndone(error)) await store.write([{ remove: key }, ...released], randomUUID());
    else if (error.onQueue === 'park') throw new ParkError('outcome-unknown', error.message);
    throw error;
  });
  // After a crash here the call is made once more, or found to be unknown.
  await store.write(
    [...(guard(answeredEffects(answer)) as readonly Change[]), { remove: key }, ...released],
    randomUUID(),
  );
  return answer;
};

/** The states that changes expect to find. */
const expectationsOf = (changes: readonly Change[]): Change[] =>
  changes.flatMap((change) =>
    'add' in change || change.expect === undefined ? [] : [{ check: keyOf(change), expect: change.expect }],
  );

const isStale = (error: unknown, key: Key): boolean =>
  error instanceof StaleWriteError && error.keys.some((stale) => keyText(stale) === keyText(key));

const assertRepeatable = ({ data }: Item, { id, repeat }: AnyOperation, now: Date): void => {
  const { at } = data as { readonly at: string };
  if (now.getTime() - Date.parse(at) < UNDER_WAY_MS)
    throw new ConflictError('session', `${id} may be under way already`);
  if (repeat !== 'safe') {
    throw new ParkError('outcome-unknown', `${id} was sent once, and nobody knows whether it was applied`);
  }
};

/** The session is in the state already that it was to be moved to: an earlier try did it. */
const isThereAlready = ({ message }: ApiError): boolean => [CLOSED_TWICE, CANCELLED_TWICE].includes(message);

const CLOSED_TWICE = new IllegalTransitionError('closed', 'closed').message;
const CANCELLED_TWICE = new IllegalTransitionError('cancelled', 'cancelled').message;

/** Whether the call left nothing behind: it was refused, or never sent. */
const isUndone = ({ upstream }: ApiError): boolean => {
  // No other server was asked: this is our own refusal.
  if (!upstream) return true;
  const { status, unsent } = upstream;
  return unsent === true || (status !== undefined && status >= 300 && status < 500);
};
