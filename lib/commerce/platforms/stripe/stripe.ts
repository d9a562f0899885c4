import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { complete } from './complete.ts';
import { interpret } from './interpret.ts';

/** Stripe, by its events and by reading what they name (commerce-platforms.md §6). */
export const stripe: Platform = { name: 'stripe', authenticate, interpret, complete };
