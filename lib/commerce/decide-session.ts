import { isDeepStrictEqual } from 'node:util';
import { UnusableEventError } from './errors.ts';
import type { NoSession, SessionHistory, SessionState } from './history.ts';
import { assertFits, contentDigest, type SessionContent, sessionContent } from './mapping.ts';
import { comparePlaces, laterState, type Picture, type PictureEvent, pictureOf } from './picture.ts';
import { openRefunds, refundSteps } from './refunds.ts';
import type { Shop } from './shops.ts';
import type { Decision, Step } from './step.ts';

/**
 * Decides what a picture of a cart or order changes in its session. Whatever order pictures come in, the session ends
 * with the newest one's content and the furthest state that any of them asked for (design.md §4); only a closed session
 * takes no content any more (semantics.md §1.7).
 *
 * @throws UnusableEventError when the picture can never become this session.
 */
export const decideSession = (
  event: PictureEvent,
  before: SessionHistory | NoSession | undefined,
  shop: Shop,
): Decision => {
  const picture = pictureOf(event, shop);
  const { order, place } = picture;
  if (order?.test && shop.testOrders === 'drop') return { outcome: 'ignored', reason: 'test order', steps: [] };
  assertUsable(picture, before, shop);
  if (before?.kind === 'none') return NEVER_MADE;
  if (!before && order && place.state === 'cancelled') {
    return { ...NEVER_MADE, history: { kind: 'none', order: order.id } };
  }

  const newer = !before || comparePlaces(place, before.newest) > 0;
  const content = sessionContent(picture.content, shop, before?.sentCodes ?? false);
  const sent = newer && (!before || before.state === 'open') ? content : undefined;
  if (sent) assertFits(sent);
  const after = historyAfter(picture, { before, newer, sent });

  const { session } = picture.content;
  const moves = sent || after.state !== before?.state ? [sessionStep(session, sent, after)] : [];
  // An open session has nothing to give back yet, and a cancelled one gave everything back.
  const steps = [...moves, ...(after.state === 'closed' ? refundSteps(session, after) : [])];
  if (steps.length > 0) {
    return { outcome: 'applied', reason: moves.length > 0 ? moveOf(before, after) : 'refund reported', steps };
  }
  return {
    ...verdict(picture, { before, newer, edited: contentDigest(content) !== after.content }),
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
  readonly newer: boolean;
  /** The content that is sent; undefined when only the state is, or nothing. */
  readonly sent: SessionContent | undefined;
}

const historyAfter = ({ place, order }: Picture, { before, newer, sent }: Course): SessionHistory => {
  const state = before ? laterState(before.state, place.state) : place.state;
  const owner = order?.id ?? before?.order;
  return {
    kind: 'session',
    newest: newer || !before ? place : before.newest,
    state,
    ...(owner !== undefined && { order: owner }),
    sentCodes: sent ? (sent.couponCodes ?? []).length > 0 : (before?.sentCodes ?? false),
    content: sent ? contentDigest(sent) : (before?.content ?? ''),
    pending: openRefunds(before, order),
    returned: before?.returned ?? [],
  };
};

/** Without content it moves the state alone: the session keeps what newer pictures gave it. */
const sessionStep = (session: string, sent: SessionContent | undefined, history: SessionHistory): Step => ({
  operation: 'updateCustomerSessionV2',
  input: {
    params: { customerSessionId: session },
    query: { dry: false },
    body: { customerSession: { ...sent, state: history.state }, responseContent: [] },
  },
  history,
});

const MOVES: Record<SessionState, string> = {
  open: 'session opened',
  closed: 'session closed',
  cancelled: 'session cancelled',
};

const moveOf = (before: SessionHistory | undefined, { state }: SessionHistory): string =>
  state === before?.state ? 'session updated' : MOVES[state];

const verdict = (
  { place }: Picture,
  { before, newer, edited }: Omit<Course, 'sent'> & { readonly edited: boolean },
): Pick<Decision, 'outcome' | 'reason'> => {
  if (place.digest === before?.newest.digest) return { outcome: 'duplicate', reason: 'same picture' };
  if (!newer) return { outcome: 'stale', reason: 'older picture' };
  if (before?.state === 'cancelled') return { outcome: 'ignored', reason: 'cancelled before' };
  if (edited) return { outcome: 'ignored', reason: 'edited after closing' };
  return { outcome: 'applied', reason: 'nothing to change' };
};
