import type { Cart, CommerceEvent, Order, Version } from './event.ts';
import type { Place, SessionState } from './history.ts';
import type { Shop } from './shops.ts';

/** An event that shows a whole cart or order. */
export type PictureEvent = Extract<CommerceEvent, { type: 'cart' | 'order' }>;

/** A cart or an order, and where this picture of it belongs. */
export interface Picture {
  readonly content: Cart;
  /** Present when it shows an order. */
  readonly order?: Order;
  /** That it shows a cart which the buyer gave up. */
  readonly abandoned: boolean;
  readonly place: Place;
}

/** The picture that an event shows, as this shop reads it. */
export const pictureOf = (event: PictureEvent, shop: Shop): Picture =>
  event.type === 'cart'
    ? {
        content: event.cart,
        abandoned: event.abandoned ?? false,
        place: { ...event.version, kind: 'cart', state: 'open' },
      }
    : {
        content: event.order,
        order: event.order,
        abandoned: false,
        place: { ...event.version, kind: 'order', state: stateOf(event.order, shop) },
      };

/** The state that an order asks for (commerce-platforms.md §9): a refund keeps it closed (design.md decision 20). */
const stateOf = ({ cancelled, payment, returns }: Order, { closeOn, disputes }: Shop): SessionState => {
  if (cancelled || payment === 'voided') return 'cancelled';
  if (disputes === 'cancel' && returns.some(({ dispute }) => dispute)) return 'cancelled';
  return payment === 'paid' || closeOn === 'created' ? 'closed' : 'open';
};

const RANK: Record<SessionState, number> = { open: 0, closed: 1, cancelled: 2 };

/** The state of the two that a session cannot come back from. */
export const laterState = (one: SessionState, other: SessionState): SessionState =>
  RANK[one] >= RANK[other] ? one : other;

/**
 * Orders the pictures of a session totally: an order's above a cart's, then by the platform's count of changes, by time
 * of change, by state, by digest (design.md §4). Negative: `one` is older; 0: the same bytes.
 */
export const comparePlaces = (one: Place, other: Place): number =>
  Number(one.kind === 'order') - Number(other.kind === 'order') ||
  compareChange(one, other) ||
  RANK[one.state] - RANK[other.state] ||
  compareText(one.digest, other.digest);

/** Orders two versions of a record that has no states: by count, then by time of change, then by digest. */
export const compareVersions = (one: Version, other: Version): number =>
  compareChange(one, other) || compareText(one.digest, other.digest);

/**
 * Orders two versions by when they were made alone; 0 where only their bytes may differ. What says no count is older than
 * what says one: only so all versions have one order.
 */
export const compareChange = (one: Version, other: Version): number =>
  (one.revision ?? 0) - (other.revision ?? 0) || compareText(instant(one), instant(other));

/** Without the `Z`, a time with a fraction sorts after the same second without one. */
const instant = ({ updatedAt }: Version): string => updatedAt.slice(0, -1);

const compareText = (one: string, other: string): number => Number(one > other) - Number(one < other);
