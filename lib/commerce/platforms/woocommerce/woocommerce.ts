import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { changedSince, orderEvent } from './changed.ts';
import { complete } from './complete.ts';
import { greet } from './greet.ts';
import { interpret } from './interpret.ts';
import { subscriptions } from './subscriptions.ts';

/** WooCommerce, by its webhooks of API version 3 and its REST API (commerce-platforms.md §3). */
export const woocommerce: Platform = {
  name: 'woocommerce',
  greet,
  authenticate,
  interpret,
  complete,
  changedSince,
  readOrder: orderEvent,
  subscriptions,
};
