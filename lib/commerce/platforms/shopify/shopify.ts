import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { changedSince, orderEvent } from './changed.ts';
import { complete } from './complete.ts';
import { interpret } from './interpret.ts';
import { subscriptions } from './subscriptions.ts';

/** Shopify, by its webhooks, or over EventBridge (event-bridge.ts) (commerce-platforms.md §1). */
export const shopify: Platform = {
  name: 'shopify',
  authenticate,
  interpret,
  complete,
  changedSince,
  readOrder: orderEvent,
  subscriptions,
};
