import { isDeepStrictEqual } from 'node:util';
import { UnusableEventError } from './errors.ts';
import { factSteps, openFacts, withEdit } from './facts.ts';
import type { NoSession, SessionHistory, SessionState } from './history.ts';
import { assertFits, contentDigest, type SessionContent, sessionContent } from './mapping.ts';
import { comparePlaces, laterState, type Picture, type PictureEvent, pictureOf } from './picture.ts';
import { openRefunds, refundSteps } from './refunds.ts';
import { sessionStep } from './session-step.ts';
import type { Shop } from './shops.ts';
import type { Decision, Step } from './step.ts';

/**
 * Decides what a picture of a cart or order changes in its session. Whatever order pictures come in, the session ends
 * with the newest one's content and the furthest state that any of them asked for (design.md §4); only a closed session
 * takes no content any more (semantics.md §1.7). That its order was edited after that is reported, for a person to review.
 *
 * @throws UnusableEventError when the picture can never become this session.
 */
export const decideSession = (
  event: PictureEvent,
  held: SessionHistory | NoSession | undefined,
  shop: Shop,
): Decision => {
  const picture = pictureOf(event, shop);
  const { order, place } = picture;
  if (order?.test && shop.testOrders === 'drop') return { outcome: 'ignored', reason: 'test order', steps: [] };
  assertUsable(picture, held, shop);
  const { before, none } = held?.kind === 'none' ? { none: held } : { before: held };
  if (none?.order !== undefined) return NEVER_MADE;
  if (none && !order) return { outcome: 'stale', reason: 'its cart was deleted', steps: [] };
  if (!before && order && place.state === 'cancelled') {
    return { ...NEVER_MADE, history: { ...none, kind: 'none', order: order.id } };
  }

  const newer = !before || comparePlaces(place, before.newest) > 0;
  const content = sessionContent(picture.content, shop, before?.sentCodes ?? false);
  const sent = newer && (!before || before.state === 'open') ? content : undefined;
  if (sent) assertFits(sent);
  const seen = historyAfter(picture, { before, none, newer, sent }, shop);
  const edited = newer && seen.state === 'closed' && contentDigest(content) !== seen.content;
  const after = edited ? withEdit(seen, contentDigest(content)) : seen;

  const session = after.session ?? picture.content.session;
  const moves =
    sent || after.state !== before?.state ? [sessionStep(session, { ...sent, state: after.state }, after)] : [];
  // An open session has nothing to give back yet, and a cancelled one gave everything back.
  const refunds = after.state === 'closed' ? refundSteps(session, after) : [];
  const facts = factSteps(session, refunds.at(-1)?.history ?? after);
  const steps = [...moves, ...refunds, ...facts];
  if (steps.length > 0) {
    return { outcome: 'applied', reason: moves.length > 0 ? moveOf(before, after) : reasonOf(steps), steps };
  }
  return {
    ...verdict(picture, { before, newer, edited }),
    steps: [],
    ...(!isDeepStrictEqual(after, before) && { history: after }),
  };
};

const NEVER_MADE: Decision = { outcome: 'ignored', reason: 'cancelled before there was a session', steps: [] };

const assertUsable = (
  { content, order }: Picture,
  before: SessionHistory | NoSession | undefined,
  { currency }: Shop,
): void => {
  if (content.currency !== currency) {
    throw new UnusableEventError(
      `The amounts are in ${content.currency}, the shop's promotions in ${currency}: ` +
        'correct the currency in shops.yaml or send this shop to an Application of that currency, then apply this again',
    );
  }
  if (before?.order !== undefined && order && before.order !== order.id) {
    throw new UnusableEventError(
      'Two orders name the same session, and the first one has it: ' +
        'let the storefront put a new session into each cart; settle the promotions of this order by hand',
    );
  }
};

interface Course {
  readonly before: SessionHistory | undefined;
  readonly none: NoSession | undefined;
  readonly newer: boolean;
  /** The content that is sent; undefined when only the state is, or nothing. */
  readonly sent: SessionContent | undefined;
}

const historyAfter = (picture: Picture, { before, none, newer, sent }: Course, shop: Shop): SessionHistory => {
  const { place, order, content } = picture;
  const state = before ? laterState(before.state, place.state) : place.state;
  const owner = order?.id ?? before?.order;
  const session = none?.cancelled ? `${content.session}:order:${owner}` : before?.session;
  return {
    kind: 'session',
    newest: newer || !before ? place : before.newest,
    state,
    ...(owner !== undefined && { order: owner }),
    sentCodes: sent ? (sent.couponCodes ?? []).length > 0 : (before?.sentCodes ?? false),
    content: sent ? contentDigest(sent) : (before?.content ?? ''),
    pending: openRefunds(before, order, shop),
    returned: before?.returned ?? [],
    ...(session !== undefined && { session }),
    ...openFacts(before, picture, shop),
  };
};

const MOVES: Record<SessionState, string> = {
  open: 'session opened',
  closed: 'session closed',
  cancelled: 'session cancelled',
};

const moveOf = (before: SessionHistory | undefined, { state }: SessionHistory): string =>
  state === before?.state ? 'session updated' : MOVES[state];

/** What the steps report, the most important of it. */
const reasonOf = (steps: readonly Step[]): string => {
  const types = steps.map((step) => (step.operation === 'trackEvent' ? step.input.body.type : ''));
  if (types.includes('order_edited')) return 'edited after closing, for review';
  return types.some((type) => type === 'order_fulfilled' || type === 'cart_abandoned')
    ? 'event reported'
    : 'refund reported';
};

const verdict = (
  { place }: Picture,
  { before, newer, edited }: Pick<Course, 'before' | 'newer'> & { readonly edited: boolean },
): Pick<Decision, 'outcome' | 'reason'> => {
  if (place.digest === before?.newest.digest) return { outcome: 'duplicate', reason: 'same picture' };
  if (!newer) return { outcome: 'stale', reason: 'older picture' };
  if (before?.state === 'cancelled') return { outcome: 'ignored', reason: 'cancelled before' };
  if (edited) return { outcome: 'ignored', reason: 'edited after closing' };
  return { outcome: 'applied', reason: 'nothing to change' };
};
