import { UnusableEventError } from '../commerce/errors.ts';
import type { CommerceEvent } from '../commerce/event.ts';
import { profilesOf } from '../commerce/mapping.ts';
import { isGuest } from '../commerce/naming.ts';
import type { Shop } from '../commerce/shops.ts';
import type { Asked } from '../privacy/accept.ts';
import type { Environment } from '../privacy/person.ts';
import { type PrivacyRequest, subjectOf } from '../privacy/request.ts';
import { type OrderProfilesDeps, profilesOfOrders } from './order-profiles.ts';
import type { PrivacyMessage } from './read-message.ts';
import type { Outcome } from './settle.ts';

/** What opening privacy requests needs. */
export interface OpenRequestDeps extends OrderProfilesDeps {
  /** Accepts a request; asked again, it is the same one (`acceptRequest`). */
  accept(asked: Asked): Promise<{
    readonly repeated: boolean;
    readonly request: Pick<PrivacyRequest, 'id' | 'kind' | 'status' | 'subject'>;
  }>;
  /** Whose profiles an Application shares. @throws UnknownApplicationError */
  environmentOf(application: number): Promise<Environment>;
  /** For second thoughts, by source. */
  readonly graceDays: { readonly shop: number; readonly queue: number };
  now(): Date;
}

/** An event that passes on what a person asks for. */
export type ErasureEvent = Extract<CommerceEvent, { type: 'erasure' }>;

/**
 * Opens the request that a shop passes on; it deletes nothing. The customer is the person, the guest of their e-mail
 * address may be. Of an order that is theirs the guest who bought it may be as well; where another customer bought it,
 * somebody must say whose it is.
 *
 * @param received when the delivery came, RFC 3339.
 * @throws UnusableEventError when nobody is known whom it could be about, for everybody of a shop at once, and for the same
 * words as those of a request that was cancelled: nobody can tell a repeat from a new wish.
 */
export const openFromShop = async (
  { shop: name, intake }: ErasureEvent,
  shop: Shop,
  received: string,
  deps: OpenRequestDeps,
): Promise<Outcome> => {
  if (intake.everyone) {
    throw new UnusableEventError(
      `The shop has left its platform, and all of its customers are to be erased: open their requests with \`npm run privacy -- request --shop ${name} --yes\`, or of a list with --file, then discard this`,
    );
  }
  const named = profilesOf(intake, shop);
  const { profiles: buyers, unknown } = await profilesOfOrders(intake.orders, name, shop, deps);
  const others = buyers.filter((profile) => !named.includes(profile));
  const [person, ...aliases] = [...named, ...others.filter(isGuest)];
  if (person === undefined) {
    throw new UnusableEventError(
      `The request names no customer, no e-mail address and no order that is known: find out in the shop whom it is about, open it with \`npm run privacy -- request\`, then discard this`,
    );
  }
  const remark =
    unknown === 0 ? undefined : `${unknown} of ${intake.orders.length} orders that it names are not known here`;
  const { repeated, request } = await deps.accept({
    kind: intake.kind,
    source: `${shop.platform}:${name}`,
    sourceId: intake.requestId,
    environment: await deps.environmentOf(shop.application),
    regulation: 'gdpr',
    profiles: [person],
    aliases,
    unclear: others.filter((profile) => !isGuest(profile)),
    received: notAfter(received, deps.now()),
    graceDays: deps.graceDays.shop,
    ...(remark !== undefined && { remark }),
  });
  if (repeated && request.status === 'cancelled') {
    throw new UnusableEventError(
      `It was asked before, as request ${request.id}, and that was cancelled: if it is asked anew, open it with \`npm run privacy -- request\` and a --reference, then discard this`,
    );
  }
  return outcomeOf(repeated, remark);
};

/**
 * Opens the request that somebody put into the queue.
 *
 * @throws UnknownApplicationError when it names an Application that there is not; UnusableEventError when its id was sent
 * before, with another person or wish.
 */
export const openFromQueue = async (message: PrivacyMessage, deps: OpenRequestDeps): Promise<Outcome> => {
  const { request: kind, application, profile, sourceId, regulation, receivedAt } = message;
  const environment = message.environment ?? (await deps.environmentOf(application ?? 0));
  const { repeated, request } = await deps.accept({
    kind,
    source: 'queue',
    sourceId,
    environment,
    regulation,
    profiles: [profile],
    received: notAfter(receivedAt, deps.now()),
    graceDays: deps.graceDays.queue,
  });
  if (request.kind !== kind || request.subject !== subjectOf(deps.segment, environment, profile)) {
    throw new UnusableEventError(
      `Its sourceId was sent before, for request ${request.id} of another person or wish: send it again with an id of its own, then discard this`,
    );
  }
  return outcomeOf(repeated);
};

/** No deadline begins later than now, whatever the sender's clock says. */
const notAfter = (received: string, now: Date): Date => new Date(Math.min(Date.parse(received), now.getTime()));

const outcomeOf = (repeated: boolean, remark?: string): Outcome =>
  repeated
    ? { outcome: 'duplicate', reason: 'asked before' }
    : {
        outcome: 'applied',
        reason: remark === undefined ? 'privacy request opened' : `privacy request opened; ${remark}`,
      };
