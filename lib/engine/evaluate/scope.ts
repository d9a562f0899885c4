import { decimal } from '../../contract/decimal.ts';
import { isTime } from '../../contract/wire.ts';
import type { AttributeDefinition, AttributeEntity } from '../../promotions/snapshot.ts';
import type { Value, ValueMap } from '../../promotions/talang/value.ts';
import type { Moment } from '../moment.ts';
import type { ItemRecord, StoredAttributes } from '../records.ts';
import { type Subject, totalsOf } from './subject.ts';

type Definitions = ReadonlyMap<string, AttributeDefinition>;

/** A JSON value as rules see it: numbers exact, and times as times where an attribute is declared as such. */
const jsonValue = (json: unknown, definition?: AttributeDefinition): Value => {
  if (typeof json === 'number') return decimal(json);
  if (Array.isArray(json)) return json.map((part) => jsonValue(part, definition));
  if (typeof json === 'object' && json !== null) return new Map(Object.entries(json).map(toValue));
  if (TIME_TYPES.includes(definition?.type ?? '') && isTime(json)) return new Date(json);
  return json as string | boolean | null;
};

const TIME_TYPES: readonly string[] = ['time', '(list time)'];

const toValue = ([name, json]: readonly [string, unknown]): [string, Value] => [name, jsonValue(json)];

const attributesOf = (attributes: StoredAttributes, declared: Definitions): ValueMap =>
  new Map(Object.entries(attributes).map(([name, value]) => [name, jsonValue(value, declared.get(name))]));

const itemOf = (item: ItemRecord, position: number, declared: Definitions): ValueMap => ({
  Position: decimal(position),
  Name: item.name,
  Sku: item.sku,
  Quantity: decimal(item.quantity),
  Price: decimal(item.price),
  ...(item.category !== undefined && { Category: item.category }),
  Attributes: attributesOf(item.attributes ?? {}, declared),
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
export const variablesOf = ({ session, profile, event }: Subject, { now, promotions }: Moment): ValueMap => {
  const totals = totalsOf(session);
  const attributes = (entity: AttributeEntity, stored: StoredAttributes) =>
    attributesOf(stored, promotions.attributes(entity));
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
        CartItems: () => {
          const declared = promotions.attributes('CartItem');
          return session.cartItems.map((item, position) => itemOf(item, position, declared));
        },
        AdditionalCosts: () =>
          new Map(Object.entries(session.additionalCosts).map(([name, { price }]) => [name, decimal(price)])),
        CouponCodes: () => session.couponCodes,
        ReferralCode: () => session.referralCode,
        Attributes: () => attributes('CustomerSession', session.attributes),
      }),
    Profile: () =>
      lazily({
        IntegrationId: () => session.profileId,
        TotalSales: () => decimal(profile?.totalSales ?? 0),
        ClosedSessions: () => decimal(profile?.closedSessions ?? 0),
        Audiences: () => (profile?.audiences ?? []).map((id) => decimal(id)),
        Attributes: () => attributes('CustomerProfile', profile?.attributes ?? {}),
      }),
    Event: () => ({ Type: event.type, Attributes: attributes('Event', event.attributes) }),
  });
};
