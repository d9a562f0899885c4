import type { Delivery } from '../../event.ts';
import { schemeOf } from './scheme.ts';

/**
 * A commerce webhook is called within the shop's own request, which goes on as it was on `success` only, and may else be
 * broken off: a checkout that fails (commerce-platforms.md §5). Events wait for nothing.
 */
export const answer = (delivery: Delivery): Readonly<Record<string, string>> =>
  schemeOf(delivery) === 'commerce-webhook' ? { op: 'success' } : {};
