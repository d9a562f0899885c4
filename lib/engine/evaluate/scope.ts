import { decimal } from '../../contract/decimal.ts';
import type { Value, ValueMap } from '../../promotions/talang/value.ts';
import type { ItemRecord, StoredAttributes } from '../records.ts';
import { type Subject, totalsOf } from './subject.ts';

/** A JSON value as rules see it: numbers exact. */
const jsonValue = (json: unknown): Value => {
  if (typeof json === 'number') return decimal(json);
  if (Array.isArray(json)) return json.map(jsonValue);
  if (typeof json === 'object' && json !== null) return mapOf(json as Record<string, unknown>);
  return json as string | boolean | null;
};

const mapOf = (json: Readonly<Record<string, unknown>>): ValueMap =>
  new Map(Object.entries(json).map(([name, value]) => [name, jsonValue(value)]));

const itemOf = (item: ItemRecord, position: number): ValueMap => ({
  Position: decimal(position),
  Name: item.name,
  Sku: item.sku,
  Quantity: decimal(item.quantity),
  Price: decimal(item.price),
  ...(item.category !== undefined && { Category: item.category }),
  Attributes: mapOf(item.attributes ?? {}),
});

/** Reads a property once, when a rule first asks for it: most rules look at one or two. */
const lazily = (parts: Readonly<Record<string, () => Value>>): ValueMap => {
  const map: Record<string, Value> = {};
  for (const [name, make] of Object.entries(parts)) {
    Object.defineProperty(map, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = make();
        Object.defineProperty(map, name, { value });
        return value;
      },
    });
  }
  return map;
};

/** The variables of the rules (semantics.md R11): what `[".", "Session", "Total"]` and its like find. */
export const variablesOf = ({ session, profile, event }: Subject, now: Date): ValueMap => {
  const totals = totalsOf(session);
  return lazily({
    Now: () => now,
    Session: () =>
      lazily({
        Id: () => session.integrationId,
        State: () => session.state,
        IsFirst: () => session.firstSession,
        Total: () => totals.total,
        CartItemTotal: () => totals.cartItems,
        AdditionalCostTotal: () => totals.additionalCosts,
        CartItems: () => session.cartItems.map(itemOf),
        AdditionalCosts: () =>
          new Map(Object.entries(session.additionalCosts).map(([name, { price }]) => [name, decimal(price)])),
        CouponCodes: () => session.couponCodes,
        ReferralCode: () => session.referralCode,
        Attributes: () => mapOf(session.attributes),
      }),
    Profile: () =>
      lazily({
        IntegrationId: () => session.profileId,
        TotalSales: () => decimal(profile?.totalSales ?? 0),
        ClosedSessions: () => decimal(profile?.closedSessions ?? 0),
        Audiences: () => (profile?.audiences ?? []).map((id) => decimal(id)),
        Attributes: () => mapOf((profile?.attributes ?? {}) as StoredAttributes),
      }),
    Event: () => ({ Type: event.type, Attributes: mapOf(event.attributes) }),
  });
};
