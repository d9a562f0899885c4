/**
 * What a shop can tell us, in words that no platform owns. A platform's `interpret` reduces a delivery to these; only
 * the fields named here travel on. Nothing in them is personal beyond ids: guests are pseudonyms, e-mail never leaves
 * the webhook.
 */

/** Money as a decimal text in the shop's currency: `'89.99'`. */
export type Money = string;

/**
 * Which of two pictures of the same thing is newer: by the platform's own count of changes where it keeps one, then by
 * time of change, then by state, then by digest, so that any two pictures have an order and any arrival order ends the
 * same.
 */
export interface Version {
  /** How often the thing was changed, as the platform counts it (commercetools' `version`). */
  readonly revision?: number;
  /** RFC 3339 in UTC, as precise as the platform says it. */
  readonly updatedAt: string;
  /** Hex SHA-256 of the body's bytes, or of the picture where it was put together from several answers. */
  readonly digest: string;
}

/** One sold line. Children of bundles are left out by the platform. */
export interface Line {
  /** The platform's id of the line; unique in an order, a cart's may repeat. */
  readonly id: string;
  /** sku, else `variant:<id>`, else `product:<id>`, else `line:<id>` (commerce-platforms.md §9). */
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** Unit price before discounts, as the shop states it. */
  readonly price: Money;
  readonly giftCard: boolean;
}

/** Who buys: a customer of the shop by id, or a guest by pseudonym. */
export type Buyer = { readonly customer: string } | { readonly guest: string };

/** The whole of a cart or checkout. */
export interface Cart {
  /** The session's id in the Integration API. */
  readonly session: string;
  readonly buyer?: Buyer;
  /** ISO 4217, upper case: the shop's own currency, in which every amount here is. */
  readonly currency: string;
  readonly lines: readonly Line[];
  /** Amounts beside the lines by name (`shipping`), before discounts. */
  readonly costs: Readonly<Record<string, Money>>;
  /** Every code that the buyer used, the shop's own ones too; never an empty text. */
  readonly codes: readonly string[];
  /** What a shop may pass on as session attributes, by our name for it (shops.yaml `attributes.session`). */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** What was given back, one entry a refund. */
export interface Return {
  /** The platform's id of the refund. */
  readonly id: string;
  readonly amount: Money;
  /** Empty when only money was returned: lines are never guessed. */
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: number }[];
  /** No refund of the shop: the buyer's bank took it back. */
  readonly dispute?: true;
}

/** A picture of a whole order: not what happened, but how it stands. */
export interface Order extends Cart {
  /** The platform's order id, lossless. */
  readonly id: string;
  readonly payment: 'unpaid' | 'paid' | 'voided';
  readonly cancelled: boolean;
  readonly test: boolean;
  readonly returns: readonly Return[];
  /** All of it was shipped or handed over, as far as the platform tells. */
  readonly fulfilled?: true;
}

/** A customer's record. */
export interface Customer {
  /** The platform's customer id, lossless. */
  readonly id: string;
  /** What a shop may pass on as profile attributes, by our name for it (shops.yaml `attributes.profile`). */
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Ids of other profiles by which the same person may be known: that of the guest of their e-mail address. */
  readonly links?: readonly string[];
}

/** What a shop passes on of a person's own wish: ids and pseudonyms. */
export interface Intake {
  readonly kind: 'erasure' | 'access';
  /** What the platform calls the request; where it has no name, the delivery's. */
  readonly requestId: string;
  /** The platform's customer id, lossless; absent where it names none. */
  readonly customer?: string;
  /** Pseudonyms of the guest with the person's e-mail address. */
  readonly guests: readonly string[];
  /** The platform's ids of orders that are said to be theirs. */
  readonly orders: readonly string[];
  /** Everybody of the shop: it has left the platform. */
  readonly everyone?: true;
}
/** Something that happened, told without a picture of what it happened to: once it did, nothing newer undoes it. */
export type Activity =
  /** The cart is no more; whether an order came of it, this does not say. */
  | { readonly name: 'cart_deleted'; readonly session: string }
  /** The customer's record was deleted in the shop, which alone is no request for erasure. */
  | { readonly name: 'customer_deleted'; readonly customer: string }
  /** The customer has, or had, these other profiles too: `linked` by an e-mail address, `merged` out of other records. */
  | {
      readonly name: 'customer_linked' | 'customer_merged';
      readonly customer: string;
      readonly links: readonly string[];
    };

/** One thing that a delivery says. */
export type CommerceEvent = {
  /** Names the delivery: hex SHA-256 of its bytes, so the same bytes under another topic or path are the same event. */
  readonly id: string;
  /** The shop's name in shops.yaml. */
  readonly shop: string;
  readonly version: Version;
} /** `abandoned`: the platform gave up waiting for the buyer. */ & (
  | { readonly type: 'cart'; readonly cart: Cart; readonly abandoned?: true }
  | { readonly type: 'order'; readonly order: Order }
  | { readonly type: 'customer'; readonly customer: Customer }
  | { readonly type: 'erasure'; readonly intake: Intake }
  | { readonly type: 'activity'; readonly activity: Activity }
  /**
   * Too little to act on: the thing named must be read, or its next picture waited for. `session`: the one that it will turn
   * out to be about, where the delivery says so.
   */
  | { readonly type: 'thin'; readonly resource: string; readonly session?: string }
);

/** A delivery as it arrived: raw bytes and lower-case header names. */
export interface Delivery {
  readonly method: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}
