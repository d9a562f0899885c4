import { decimal } from '../../../lib/contract/decimal.ts';
import type { RuleHost, RuleScope } from '../../../lib/promotions/functions.ts';
import type { Value, ValueMap } from '../../../lib/promotions/talang/value.ts';

/** JSON as rules see it: numbers exact. */
export const exact = (json: unknown): Value => {
  if (typeof json === 'number') return decimal(json);
  if (Array.isArray(json)) return json.map(exact);
  if (typeof json === 'object' && json !== null && !(json instanceof Date)) {
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, exact(value)]));
  }
  return json as Value;
};

/** Something the host was told, in the order in which it was told. */
export type Told =
  | readonly ['setDiscount', string, string]
  | readonly ['setDiscountPerItem', string, readonly { position: number; subPosition?: number; value: string }[]];

/** A host that answers as told and writes down what it is told. */
export const recordingHost = (answers: { coupon?: boolean; referral?: boolean } = {}) => {
  const told: Told[] = [];
  const asked: string[] = [];
  const host: RuleHost = {
    couponValid: () => {
      asked.push('couponValid');
      return answers.coupon ?? true;
    },
    referralValid: () => {
      asked.push('referralValid');
      return answers.referral ?? true;
    },
    setDiscount: (name, value) => told.push(['setDiscount', name, value.toFixed()]),
    setDiscountPerItem: (name, values) =>
      told.push(['setDiscountPerItem', name, values.map((one) => ({ ...one, value: one.value.toFixed() }))]),
  };
  return { host, told, asked };
};

/** A scope over JSON facts. */
export const scopeOf = (root: object, host: RuleHost = recordingHost().host): RuleScope => ({
  host,
  root: exact(root) as ValueMap,
});

/** A session of two lines, 60.00 in all, with a customer. */
export const SAMPLE = {
  Session: {
    State: 'open',
    IsFirst: true,
    Total: 60,
    CartItemTotal: 55,
    AdditionalCostTotal: 5,
    CartItems: [
      { Position: 0, Sku: 'pan', Name: 'Pan', Price: 20, Quantity: 2, Category: 'Kitchen', Attributes: {} },
      { Position: 1, Sku: 'card', Name: 'Card', Price: 15, Quantity: 1, Attributes: { giftCard: true } },
    ],
    AdditionalCosts: { shipping: 5 },
    Attributes: { channel: 'web' },
  },
  Profile: { IntegrationId: 'ann', TotalSales: 0, ClosedSessions: 3, Attributes: { Tier: 'gold' } },
  Event: { Type: 'talon_session_updated', Attributes: { page: '1' } },
  Now: new Date('2026-06-01T12:00:00Z'),
};
