import type { AdditionalCostDefinition, AttributeDefinition, AttributeEntity, AttributeType } from './snapshot.ts';
import { ANYTHING, type Type } from './talang/function.ts';
import type { Kind } from './talang/value.ts';

/** One thing that rules can look at. */
export interface Fact {
  readonly kind: Kind;
  /** How an explanation calls it. */
  readonly words?: string;
  /** An amount of money, or amounts of it. */
  readonly money?: true;
  readonly fields?: Readonly<Record<string, Fact>>;
  readonly item?: Fact;
  /** The fields are what the promotions file declares for this. */
  readonly declared?: AttributeEntity | 'AdditionalCost';
}

const CART_ITEM: Fact = {
  kind: 'Map',
  fields: {
    Position: { kind: 'Decimal' },
    Sku: { kind: 'String' },
    Name: { kind: 'String' },
    Quantity: { kind: 'Decimal' },
    Price: { kind: 'Decimal', money: true },
    Category: { kind: 'String' },
    Attributes: { kind: 'Map', declared: 'CartItem' },
  },
};

/**
 * What rules can look at, and how explanations call it: the engine's variables (semantics.md R11, C1). A path that is
 * not here is refused at publish, so a new variable of the engine gets its line here.
 */
export const FACTS: Readonly<Record<string, Fact>> = {
  Session: {
    kind: 'Map',
    fields: {
      Id: { kind: 'String', words: "the session's id" },
      State: { kind: 'String', words: "the session's state" },
      IsFirst: { kind: 'Boolean' },
      Total: { kind: 'Decimal', words: 'the total', money: true },
      CartItemTotal: { kind: 'Decimal', words: 'the cart item total', money: true },
      AdditionalCostTotal: { kind: 'Decimal', words: 'the additional cost total', money: true },
      CartItems: { kind: 'List', words: 'the cart items', item: CART_ITEM },
      AdditionalCosts: { kind: 'Map', words: 'the additional cost', money: true, declared: 'AdditionalCost' },
      CouponCodes: { kind: 'List', words: 'the coupon codes', item: { kind: 'String' } },
      ReferralCode: { kind: 'String', words: 'the referral code' },
      Attributes: { kind: 'Map', words: "the session's", declared: 'CustomerSession' },
    },
  },
  Profile: {
    kind: 'Map',
    fields: {
      IntegrationId: { kind: 'String', words: "the customer's id" },
      TotalSales: { kind: 'Decimal', words: "the customer's total sales", money: true },
      ClosedSessions: { kind: 'Decimal', words: "the customer's number of closed sessions" },
      Audiences: { kind: 'List', words: "the customer's audiences", item: { kind: 'Decimal' } },
      Attributes: { kind: 'Map', words: "the customer's", declared: 'CustomerProfile' },
    },
  },
  Event: {
    kind: 'Map',
    fields: {
      Type: { kind: 'String', words: 'the event' },
      Attributes: { kind: 'Map', words: "the event's", declared: 'Event' },
    },
  },
  Now: { kind: 'Time', words: 'the time' },
};

/** What a promotions file declares that rules can look at by name. */
export interface Declarations {
  readonly attributes: readonly Pick<AttributeDefinition, 'entity' | 'name' | 'type'>[];
  readonly additionalCosts: readonly Pick<AdditionalCostDefinition, 'name'>[];
}

/** The names that a rule's paths start from, with what is known of what lies behind them. */
export const namesFor = ({ attributes, additionalCosts }: Declarations): Readonly<Record<string, Type>> => {
  const declaredFields = (entity: Fact['declared']): (readonly [string, Type])[] =>
    entity === 'AdditionalCost'
      ? additionalCosts.map(({ name }) => [name, { kind: 'Decimal' }])
      : attributes
          .filter((attribute) => attribute.entity === entity)
          .map(({ name, type }) => [name, ATTRIBUTE_TYPES.get(type) ?? ANYTHING]);

  const typeOf = ({ kind, fields, item, declared }: Fact): Type => {
    const known = declared ? declaredFields(declared) : typesOf(fields ?? {});
    // Where nothing is declared, anything may come (semantics.md AT3).
    return {
      kind,
      ...(known.length > 0 && { fields: Object.fromEntries(known) }),
      ...(item && { item: typeOf(item) }),
    };
  };

  const typesOf = (facts: Readonly<Record<string, Fact>>): (readonly [string, Type])[] =>
    Object.entries(facts).map(([name, fact]) => [name, typeOf(fact)]);

  return Object.fromEntries(typesOf(FACTS));
};

const ATTRIBUTE_TYPES: ReadonlyMap<AttributeType, Type> = new Map([
  ['string', { kind: 'String' }],
  ['number', { kind: 'Decimal' }],
  ['boolean', { kind: 'Boolean' }],
  ['time', { kind: 'Time' }],
  ['(list string)', { kind: 'List', item: { kind: 'String' } }],
  ['(list number)', { kind: 'List', item: { kind: 'Decimal' } }],
  ['(list time)', { kind: 'List', item: { kind: 'Time' } }],
]);
