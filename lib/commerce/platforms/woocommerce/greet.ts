import type { Delivery } from '../../event.ts';
import type { Greeting } from '../../platform.ts';

/**
 * Answers the look that WooCommerce takes before it saves a webhook: the form `webhook_id=<n>`, which it does not sign
 * and wants answered with 200 (commerce-platforms.md §3). Nothing else is greeted.
 */
export const greet = ({ method, headers, body }: Delivery): Greeting | undefined =>
  method === 'POST' &&
  FORM.test(headers['content-type'] ?? '') &&
  headers['x-wc-webhook-signature'] === undefined &&
  body.length <= MAX_BYTES &&
  PING.test(Buffer.from(body).toString('latin1'))
    ? { contentType: 'application/json', body: '{}' }
    : undefined;

const FORM = /^application\/x-www-form-urlencoded(;|$)/i;
const PING = /^webhook_id=\d{1,20}$/;
const MAX_BYTES = 40;
