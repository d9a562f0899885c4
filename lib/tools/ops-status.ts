import { ADVICE, type Failure, listFailures } from '../inbox/failures.ts';
import type { ParkReason } from '../inbox/park.ts';
import { outboxState, type Unpublished } from '../inbox/unpublished.ts';
import type { OpsDeps } from './ops-deps.ts';
import { tellDepths } from './ops-depths.ts';
import { pauseLines } from './ops-pause.ts';
import { ageOf, minuteOf, shortText, tableOf } from './table.ts';

/**
 * Prints everything that waits for somebody, or should not wait: what is parked, who is paused, whose receiver of effects
 * fails, what the queues hold.
 */
export const status = async (deps: OpsDeps): Promise<void> => {
  const parked = await parkedLines(deps);
  deps.print(parked.length === 0 ? 'Nothing is parked' : parked.join('\n'));
  const pauses = await pauseLines(deps);
  deps.print(pauses.length === 0 ? 'Nobody is paused' : pauses.join('\n'));
  const { shops, isWhole } = await outboxState(deps.store, deps.accountId, deps.now());
  const effects = shops.map((each) => effectsLine(each, deps.now()));
  if (!isWhole) effects.push('and more: only the first thousand were counted');
  deps.print(effects.length === 0 ? 'All effects are published' : effects.join('\n'));
  const { queues, dead, hasDead, isKnown } = await tellDepths(deps);
  deps.print(`${queues}\n${dead}`);
  const next = [
    parked.length > 0 && 'npm run ops -- failures list',
    pauses.length > 0 && 'npm run ops -- resume <shop>',
    ...enabling(shops),
    hasDead && 'the dead letters',
    !isKnown && 'what keeps the queues from being counted',
  ];
  deps.print(`\nNext: ${next.filter(Boolean).join(', ') || 'nothing to do; npm run ops -- help'}`);
};

/** A table by reason, and how much of it is whose. */
const parkedLines = async (deps: OpsDeps): Promise<string[]> => {
  const reasons = new Map<ParkReason, { count: number; oldest: string }>();
  const owners = new Map<string, number>();
  for await (const failure of listFailures({}, deps)) {
    const { reason, at } = failure.parked;
    const { count = 0, oldest = at } = reasons.get(reason) ?? {};
    reasons.set(reason, { count: count + 1, oldest: oldest < at ? oldest : at });
    owners.set(whose(failure), (owners.get(whose(failure)) ?? 0) + 1);
  }
  if (reasons.size === 0) return [];
  const rows = [...reasons].map(([reason, { count, oldest }]) => [
    String(count),
    reason,
    ageOf(oldest, deps.now()),
    ADVICE[reason],
  ]);
  const most = [...owners].toSorted(([one, a], [other, b]) => b - a || one.localeCompare(other));
  const counts = most.map(([owner, count]) => `${shortText(owner, 60)} ${count}`);
  return [tableOf([['parked', 'reason', 'oldest', 'what helps'], ...rows]), `parked of: ${counts.join(', ')}`];
};

const whose = ({ shop, application }: Failure): string =>
  shop ?? (application === undefined ? 'nobody known' : `application ${application}`);

const effectsLine = ({ shop, waiting, stopped, since, receiver }: Unpublished, now: Date): string => {
  const reasons = [...stopped].map(([reason, count]) => `${count} stopped (${reason})`);
  const counts = [...(waiting > 0 ? [`${waiting} to be published`] : []), ...reasons];
  const parts = [
    ...(receiver ? [receiverText(receiver, now)] : []),
    ...(counts.length > 0 ? [`${counts.join(', ')}, the oldest for ${ageOf(since.toISOString(), now)}`] : []),
  ];
  return `effects of ${shop ?? 'queued calls'}: ${parts.join('; ')}`;
};

const receiverText = ({ since, disabled }: NonNullable<Unpublished['receiver']>, now: Date): string =>
  disabled
    ? `the receiver is disabled since ${minuteOf(disabled.at)} UTC (${disabled.reason})`
    : `the receiver fails for ${ageOf(since, now)}`;

const enabling = (shops: readonly Unpublished[]): string[] => {
  const stopped = shops.filter((each) => each.stopped.size > 0 || each.receiver?.disabled);
  return stopped.map(({ shop }) => `npm run ops -- enable ${shop ?? '--calls'}`);
};
