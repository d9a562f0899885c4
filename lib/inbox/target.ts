import type { Change, Item, Json, Key } from '../store/store.ts';
import type { Delivery } from './delivery.ts';

/** What is known of a shop's receiver while it fails; nothing is kept of one that works. Times are RFC 3339. */
export interface FailingTarget {
  /** When an attempt failed with no success since. */
  readonly since: string;
  /** Nothing is sent until an operator enables it again. */
  readonly disabled?: { readonly at: string; readonly reason: 'gone' | 'failing' };
}

/** Where all of them are kept. */
export const targetPartition = (accountId: number): string => `${accountId}/effects-target`;

/** Where it is kept. */
export const targetKey = (accountId: number, shop: string): Key => ({
  partition: targetPartition(accountId),
  sort: shop,
});

/** Reads it. */
export const targetIn = (item: Item | undefined): FailingTarget | undefined =>
  item?.data as unknown as FailingTarget | undefined;

/**
 * What an attempt that failed at the receiver says of it: failing from now on, or disabled: because it said 410, or
 * because a publication failed for five days and none succeeded meanwhile. One that fails alone disables nothing.
 */
export const targetChanges = (key: Key, held: Item | undefined, delivery: Delivery, now: Date): Change[] => {
  const at = now.toISOString();
  const known = targetIn(held);
  const since = known?.since ?? at;
  const failed = delivery.stopped === 'exhausted' && since <= delivery.since;
  const reason = delivery.stopped === 'gone' ? 'gone' : failed ? 'failing' : undefined;
  if (known?.disabled || (known && !reason)) return [];
  const data: FailingTarget = { since, ...(reason && { disabled: { at, reason } }) };
  return [{ put: { key, data: data as unknown as Json }, expect: held?.version ?? 'absent' }];
};
