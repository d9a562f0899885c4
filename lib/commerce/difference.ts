import { decide, type History } from './decide.ts';
import { UnusableEventError } from './errors.ts';
import type { CommerceEvent } from './event.ts';
import { compareChange } from './picture.ts';
import type { Shop } from './shops.ts';

/**
 * How what was applied differs from what the shop has. `missing`: nothing was ever applied. `state`: the session is not
 * where the order is. `refund`: one was not reported. `event`: something else was not, as that it was edited after closing.
 * `stale`: it changed since. `unusable`: it cannot be applied, and is parked wherever it is delivered.
 */
export type Difference = 'missing' | 'state' | 'refund' | 'event' | 'stale' | 'unusable';

/**
 * Compares a picture with what was applied; undefined when applying it would change nothing. Pure. Two pictures of one
 * change need not have the same bytes: a delivery and an answer of the API say the same differently, and that alone is no
 * difference.
 */
export const differenceOf = (
  event: CommerceEvent,
  history: History | undefined,
  shop: Shop,
): Difference | undefined => {
  const steps = stepsOf(event, history, shop);
  if (steps === undefined) return 'unusable';
  const after = steps.at(-1)?.history;
  if (!after) return undefined;
  if (!history || history.kind === 'none') return 'missing';
  if (after.kind === 'session' && history.kind === 'session') {
    if (after.state !== history.state) return 'state';
    if (steps.every(({ operation }) => operation !== 'updateCustomerSessionV2')) {
      return after.returned.length > history.returned.length ? 'refund' : 'event';
    }
    if (after.content !== history.content) return 'stale';
  }
  return compareChange(event.version, history.newest) > 0 ? 'stale' : undefined;
};

const stepsOf = (event: CommerceEvent, history: History | undefined, shop: Shop) => {
  try {
    return decide(event, history, shop).steps;
  } catch (error) {
    if (error instanceof UnusableEventError) return undefined;
    throw error;
  }
};
