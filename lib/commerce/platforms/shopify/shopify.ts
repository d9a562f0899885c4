import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { interpret } from './interpret.ts';

/** Shopify, by its webhooks (commerce-platforms.md §1). */
export const shopify: Platform = { name: 'shopify', authenticate, interpret };
