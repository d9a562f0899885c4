import { historyOf } from '../commerce/decide.ts';
import type { CommerceEvent } from '../commerce/event.ts';
import type { Shop } from '../commerce/shops.ts';
import { type ApplyDeps, applyEvent } from './apply-event.ts';
import { type CompleteDeps, complete, type ThinEvent } from './complete.ts';
import { eventName } from './mark.ts';
import type { ErasureEvent } from './open-request.ts';
import { NOTHING_LEFT, type Outcome, suppressedOutcome } from './settle.ts';
import type { CheckedEvent } from './suppressed-message.ts';
import type { Tracer } from './trace.ts';

/** What applying thin events needs. */
export interface ThinDeps extends ApplyDeps, CompleteDeps {}

/** What is asked of each event that a thin one is completed to. */
export interface AboutEvents {
  /** Whose effects those of an event are. */
  ownerOf(event: CommerceEvent): Promise<string | undefined>;
  /** Where it is told what was done. */
  traceOf(event: CommerceEvent): Tracer;
  /** Opens the request that an event passes on. */
  open(event: ErasureEvent): Promise<Outcome>;
  /** An event as it may be applied now. */
  checked(event: CommerceEvent): Promise<CheckedEvent>;
}

/**
 * Applies what a thin event turns out to be, as it is now. That may belong to another group than the thin event came in,
 * where something else is applied at the same time: then whoever writes second decides again on what the first one left,
 * and since pictures are ordered by themselves, both ways end the same (design.md §4, §5).
 *
 * Nothing is kept of the answer. Interrupted or delivered again, it is read anew, and a picture that was applied is left
 * out.
 *
 * @throws what `complete` and `applyEvent` throw.
 */
export const applyThin = async (
  event: ThinEvent,
  shop: Shop,
  { ownerOf, traceOf, checked, open }: AboutEvents,
  deps: ThinDeps,
): Promise<Outcome> => {
  const events = await complete(event, shop, deps);
  if (!events) return applyEvent(event, shop, await ownerOf(event), deps, traceOf(event));
  if (events.length === 0) return { outcome: 'waiting', reason: 'nothing to read' };
  const outcomes: Outcome[] = [];
  for (const seen of events) {
    const { event: each, isSuppressed } = await checked(seen);
    if (!each) {
      outcomes.push(NOTHING_LEFT);
      continue;
    }
    // One delivery may be completed to several events of a type, which all have its id.
    const name = `${eventName(each)}/${deps.segment(...historyOf(each, shop))}`;
    const trace = traceOf(each);
    // Of two changes that a platform tells in the same bytes the second may be seen by the second reading only.
    const applied = `${name}/${each.version.digest}`;
    const outcome =
      each.type === 'erasure'
        ? await open(each)
        : await applyEvent(each, shop, await ownerOf(each), deps, trace, name, applied);
    await trace.note(outcome, () => ownerOf(each));
    outcomes.push(isSuppressed ? suppressedOutcome(outcome) : outcome);
  }
  const [first] = outcomes.toSorted((one, other) => rank(other) - rank(one));
  const steps = outcomes.reduce((sum, each) => sum + (each.steps ?? 0), 0);
  return { ...(first as Outcome), steps };
};

/** Of several outcomes the one that is told: what was applied before what was not. */
const rank = ({ outcome }: Outcome): number => ['suppressed', 'applied'].indexOf(outcome);
