import type { Shops } from '../commerce/shops.ts';
import { InvalidRequestError } from '../contract/errors.ts';
import { acceptRequest } from '../privacy/accept.ts';
import { createdBody } from '../privacy/open-dsr.ts';
import { subjectOf } from '../privacy/request.ts';
import type { Seal } from '../store/seal.ts';
import { once, openMaxBodyBytes } from './deps.ts';
import { openEnvironmentOf } from './environment-of.ts';
import { rawBody } from './http-request.ts';
import { type OpenDsrOperation, sourceOf } from './open-dsr-handler.ts';
import { type IdentityDeps, profilesOfIdentities, readOpenDsrRequest } from './open-dsr-request.ts';
import { openSeal } from './privacy.ts';
import { openShops } from './shops.ts';

/** What creating requests needs beside what every operation does. */
export interface CreateDeps extends Pick<IdentityDeps, 'environmentOf'> {
  readonly shops: Shops;
  /** Seals persons. */
  readonly seal: Seal;
  readonly maxBodyBytes: number;
  /** Whether callbacks may go to this machine. */
  readonly allowLoopback: boolean;
}

const openCreate = async (): Promise<CreateDeps> => {
  const [shops, seal, maxBodyBytes, allowLoopback] = await Promise.all([
    openShops(),
    openSeal(),
    openMaxBodyBytes(),
    once('loopback', ['STAGE'], ({ STAGE }) => STAGE === 'local'),
  ]);
  const environmentOf = async (application: number) => (await openEnvironmentOf())(application);
  return { shops, seal, maxBodyBytes, allowLoopback, environmentOf };
};

/**
 * `POST /opendsr/requests`: accepts a request for erasure or access; sent again, it is the same one with the same answer.
 * Its month runs from the time at which the person asked, as far as that is not in the future.
 */
export const createRequest = (open: () => Promise<CreateDeps> = openCreate): OpenDsrOperation => ({
  name: 'create',
  answer: async ({ request: http, controller, domain, tell }, deps) => {
    const { shops, seal, maxBodyBytes, allowLoopback, environmentOf } = await open();
    const sent = rawBody(http, maxBodyBytes);
    const asked = readOpenDsrRequest(sent, allowLoopback);
    const { segment, settings, now } = deps;
    const { environment } = controller;
    const { profiles, aliases } = await profilesOfIdentities(asked.subject_identities, environment, {
      shops,
      segment,
      environmentOf,
    });
    const { subject_request_id: requestId, status_callback_urls: urls } = asked;
    const kind = asked.subject_request_type === 'erasure' ? 'erasure' : 'access';
    const { request, repeated } = await acceptRequest(
      {
        kind,
        source: sourceOf(controller),
        sourceId: requestId,
        environment,
        regulation: asked.regulation,
        profiles,
        aliases,
        received: new Date(Math.min(Date.parse(asked.submitted_time), now().getTime())),
        graceDays: settings.graceDays.opendsr,
        ...(urls.length > 0 && { callbacks: { controller: controller.name, requestId, domain, urls } }),
      },
      { ...deps, seal },
    );
    const isSame = request.kind === kind && request.subject === subjectOf(segment, environment, profiles[0] ?? '');
    if (!isSame)
      throw new InvalidRequestError([ANOTHER], 'This subject_request_id was sent before, with another request');
    tell({ id: request.id, type: kind, outcome: repeated ? 'repeated' : 'accepted' });
    return { status: 201, body: createdBody({ request, controller: controller.name, requestId }, sent) };
  },
});

const ANOTHER = {
  title: 'Conflict',
  details: 'make a new UUID for each request',
  source: { pointer: '/subject_request_id' },
} as const;
