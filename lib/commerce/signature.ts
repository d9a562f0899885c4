import { timingSafeEqual } from 'node:crypto';

/** How far a signed time may be from ours, either way (commerce-platforms.md §6, §7). */
const TOLERANCE_MS = 300_000;

/** Whether a signed time, in whole seconds of Unix time, is near enough to ours that it is no replay; never throws. */
export const isRecent = (seconds: string, now: Date): boolean =>
  /^\d{1,12}$/.test(seconds) && Math.abs(now.getTime() - Number(seconds) * 1000) <= TOLERANCE_MS;

/** Whether one of these texts is one of those. All pairs are compared, each in constant time: how long it takes tells nothing. */
export const anyEqual = (given: readonly string[], expected: readonly string[]): boolean => {
  let found = false;
  for (const one of given) for (const other of expected) found = isEqual(one, other) || found;
  return found;
};

const isEqual = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
};
