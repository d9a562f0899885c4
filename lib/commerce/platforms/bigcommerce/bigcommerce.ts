import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { changedSince } from './changed.ts';
import { complete } from './complete.ts';
import { interpret } from './interpret.ts';
import { subscriptions } from './subscriptions.ts';

/** BigCommerce, by its hooks and by reading what they name (commerce-platforms.md §4). */
export const bigcommerce: Platform = {
  name: 'bigcommerce',
  authenticate,
  interpret,
  complete,
  changedSince,
  subscriptions,
};
