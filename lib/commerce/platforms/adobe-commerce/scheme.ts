import type { Delivery } from '../../event.ts';

/** Adobe's two products: events that are told afterwards, and webhooks within the shop's own request. */
export type Scheme = 'io-events' | 'commerce-webhook';

/** The signature of a commerce webhook. */
export const WEBHOOK_SIGNATURE = 'x-adobe-commerce-webhook-signature';

/**
 * By which rules a delivery is signed. Headers are not signed, but each scheme demands its own proof: who claims the
 * other one fails it.
 */
export const schemeOf = ({ headers }: Pick<Delivery, 'headers'>): Scheme =>
  headers[WEBHOOK_SIGNATURE] === undefined ? 'io-events' : 'commerce-webhook';
