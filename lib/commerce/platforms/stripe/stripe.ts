import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { changedSince } from './changed.ts';
import { complete } from './complete.ts';
import { interpret } from './interpret.ts';
import { subscriptions } from './subscriptions.ts';

/** Stripe, by its events and by reading what they name (commerce-platforms.md §6). */
export const stripe: Platform = { name: 'stripe', authenticate, interpret, complete, changedSince, subscriptions };
