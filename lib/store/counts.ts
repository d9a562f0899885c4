import type { Counts } from './store.ts';

/** The counts after an `add`. A count that is not there yet is zero. */
export const added = (counts: Counts, by: Counts): Counts => {
  const sums = new Map(Object.entries(counts));
  for (const [name, value] of Object.entries(by)) sums.set(name, (sums.get(name) ?? 0) + value);
  return Object.fromEntries(sums);
};

/** Whether every count named in `atMost` is at or below its bound. */
export const isWithin = (counts: Counts, atMost: Counts): boolean => {
  const values = new Map(Object.entries(counts));
  return Object.entries(atMost).every(([name, most]) => (values.get(name) ?? 0) <= most);
};
