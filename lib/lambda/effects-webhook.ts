import type { Attempt } from '../inbox/delivery.ts';
import type { PublishDeps } from '../inbox/publish.ts';
import { signedHeaders } from '../inbox/webhook-signature.ts';
import type { Logger } from './logger.ts';
import type { Secrets } from './secrets.ts';
import type { WebhookRequest } from './webhook-post.ts';

/** What posting effects needs. */
export interface EffectsWebhookDeps {
  readonly secrets: Pick<Secrets, 'get'>;
  send(request: WebhookRequest): Promise<Attempt>;
  now(): Date;
  readonly log: Pick<Logger, 'error'>;
}

/** Posts publications as Standard Webhooks: as JSON, named by their id, signed with every secret. Never rejects. */
export const effectsWebhook =
  ({ secrets, send, now, log }: EffectsWebhookDeps): PublishDeps['post'] =>
  async (publication, { url, secrets: names }) => {
    const body = JSON.stringify(publication);
    try {
      const signed = signedHeaders(publication.id, now(), body, await secrets.get(names));
      const headers = { 'content-type': 'application/json', 'user-agent': 'promotion-functions', ...signed };
      return await send({ url, headers, body });
    } catch (error) {
      log.error('outbox', {
        delivery: publication.id,
        ...(publication.shop !== undefined && { shop: publication.shop }),
        reason: 'not signed',
        error,
      });
      return { failure: 'not-signed', ours: true };
    }
  };
