import { type Decimal, decimal, sum, ZERO } from '../../contract/decimal.ts';
import type { ProfileRecord, SessionContent, SessionRecord, StoredAttributes } from '../records.ts';

/** What the rules look at: a session's content, who it belongs to, and what just happened. */
export interface Subject {
  readonly session: SessionContent & Pick<SessionRecord, 'state' | 'firstSession'>;
  /** Undefined: anonymous. */
  readonly profile: ProfileRecord | undefined;
  readonly event: { readonly type: string; readonly attributes: StoredAttributes };
}

/** Totals before discounts, exact (semantics.md S3). */
export interface Totals {
  readonly cartItems: Decimal;
  readonly additionalCosts: Decimal;
  /** What the caller says; where nothing is said, both together. */
  readonly total: Decimal;
}

/** The totals of a session (semantics.md S3). */
export const totalsOf = ({
  cartItems,
  additionalCosts,
  total,
}: Pick<SessionRecord, 'cartItems' | 'additionalCosts' | 'total'>): Totals => {
  const items = sum(cartItems.map(({ price, quantity }) => decimal(price).times(quantity)));
  const costs = sum(Object.values(additionalCosts).map(({ price }) => decimal(price)));
  return { cartItems: items, additionalCosts: costs, total: total === undefined ? items.plus(costs) : decimal(total) };
};

/** A session with nothing in it: what rules see where there is no session (semantics.md R16). */
export const emptySession = (profileId: string): Subject['session'] => ({
  integrationId: '',
  profileId,
  state: 'open',
  firstSession: false,
  couponCodes: [],
  referralCode: '',
  cartItems: [],
  additionalCosts: {},
  identifiers: [],
  attributes: {},
});

/** Adds a decimal text and an amount: how `totalSales` is kept. */
export const plusText = (text: string, amount: Decimal): string => {
  const total = decimal(text).plus(amount);
  return (total.lt(ZERO) ? ZERO : total).toFixed();
};
