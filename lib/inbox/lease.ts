import type { Segment } from '../store/segment.ts';
import type { Change, Key } from '../store/store.ts';

/** What calls of another server are made about, or were decided on (`history`): one at a time. */
export interface Leased {
  readonly thing: 'session' | 'profile' | 'history';
  readonly id: string;
}

/** That calls which were decided on the same are made one at a time: no two events may follow from one history. */
export const historyLease = (decidedOn: string): Leased => ({ thing: 'history', id: decidedOn });

/** What a lease is kept with. */
export interface LeaseDeps {
  readonly accountId: number;
  readonly segment: Segment;
}

/** Longer than any function of ours lives: whoever took an older lease is gone, and so is the call. */
export const UNDER_WAY_MS = 60_000;

/** Where it is noted that a call about a thing is under way. */
export const leaseKey = (applicationId: number, { thing, id }: Leased, { accountId, segment }: LeaseDeps): Key => ({
  partition: `${accountId}/lease/${segment(String(applicationId), thing, id)}`,
  sort: 'lease',
});

/** Takes the lease, if nobody has it. Whoever dies with it is waited for until it expires. */
export const leaseChange = (key: Key, now: Date): Change => ({
  put: { key, data: { at: now.toISOString() }, expires: new Date(now.getTime() + UNDER_WAY_MS) },
  expect: 'absent',
});
