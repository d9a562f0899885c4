import type { Attempt } from '../inbox/delivery.ts';
import { signedHeaders } from '../inbox/webhook-signature.ts';
import type { Privacy } from '../privacy/settings.ts';
import type { Target } from '../privacy/targets/target.ts';
import type { Secrets } from './secrets.ts';
import type { WebhookRequest } from './webhook-post.ts';

/** What telling a receiver of an erasure needs. */
export interface WebhookTargetDeps {
  readonly secrets: Pick<Secrets, 'get'>;
  send(request: WebhookRequest): Promise<Attempt>;
  now(): Date;
}

/** What a receiver answered that keeps it from being done. Its own words stay where they are. */
class RefusedError extends Error {
  override readonly name: string;

  constructor(attempt: Attempt) {
    super('the receiver did not take it');
    this.name = 'status' in attempt ? `Status${attempt.status}` : attempt.failure;
  }
}

/**
 * Another system that holds people's data, told by a Standard Webhook of whom to erase: `{ type: 'erasure', request,
 * environment, profiles }`, signed, with the request's id, so that a repeat is known. 2xx means that it was taken, and
 * nothing of its end; 404 that it knows nobody of these, 501 that it cannot erase. All else is tried again.
 */
export const webhookTarget = (
  name: string,
  { url, secrets }: Privacy['targets'][string],
  deps: WebhookTargetDeps,
): Target => ({
  name,
  about: { checked: 'that the receiver took the order', unchecked: 'what the receiver did with it' },
  erase: async ({ environment, profiles }, { request }) => {
    const body = JSON.stringify({ type: 'erasure', request, environment, profiles });
    const signed = signedHeaders(`${request}/${name}`, deps.now(), body, await deps.secrets.get(secrets));
    const headers = { 'content-type': 'application/json', 'user-agent': 'promotion-functions', ...signed };
    const attempt = await deps.send({ url, headers, body });
    const status = 'status' in attempt ? attempt.status : 0;
    if (status >= 200 && status < 300) return { outcome: 'sent' };
    if (status === 404) return { outcome: 'not_found' };
    if (status === 501) return { outcome: 'unsupported' };
    throw new RefusedError(attempt);
  },
  check: async () => 'unknown',
});
