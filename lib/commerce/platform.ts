import type { CommerceEvent, Delivery } from './event.ts';
import type { Shop } from './shops.ts';

/** What `interpret` needs to know beside the delivery. */
export interface InterpretContext {
  /** The shop's name and settings, as the path named it. */
  readonly name: string;
  readonly shop: Shop;
  /** Turns a personal identifier (an e-mail address) into a keyed, stable pseudonym; never reversible without the key. */
  readonly pseudonym: (identifier: string) => string;
}

/** What `authenticate` needs to know beside the delivery. */
export interface AuthenticateContext {
  /** The current secret, and during a rotation the previous one too. */
  readonly secrets: readonly string[];
  readonly now: Date;
  /** For platforms that publish their keys. */
  readonly fetch: typeof fetch;
  /** The shop's own `secretHeader`, for what is not signed. */
  readonly secretHeader?: string | undefined;
  /** The shop's own `signature`, where it is not the platform's usual one. */
  readonly signature?: Shop['signature'];
}

/** What `complete` needs to know beside the event: how to read from the platform as this shop. */
export interface CompleteContext extends InterpretContext {
  readonly fetch: typeof fetch;
  /** What the shop's `api.secret` names. */
  readonly apiSecret: string;
  /** Lets time pass before a read is tried again that may pass; unset: each is tried once. */
  wait?(milliseconds: number): Promise<void>;
}

/** What reading whole lists needs beside that. */
export interface ListContext extends CompleteContext {
  readonly now: Date;
  /** Told of what cannot be read or understood, as `order/1001`; the rest is read all the same. */
  skipped(resource: string, error: Error): void;
}

/** Behind what a reading of a platform's lists goes on. */
export interface Place {
  readonly list: string;
  /** In the list's own words. */
  readonly after: string;
}

/** What one thing of a list tells: nothing, where it is not understood or tells nothing new. */
export interface Changed {
  readonly events: readonly CommerceEvent[];
  /** Where a reading goes on that stops behind this. What was read shortly before may be read again. */
  readonly place: Place;
}

/** A subscription, by which a platform sends us what happens. */
export interface Subscription {
  /** What it is about, as the platform calls it: a topic, or its name. */
  readonly name: string;
  /** Where it delivers; undefined where that is no address. */
  readonly address?: string;
  readonly healthy: boolean;
  /** What the platform says of its health, in its own short word. */
  readonly status: string;
}

/** What a request that delivers nothing is answered with 200: a platform's look whether anybody is there. */
export interface Greeting {
  readonly contentType: string;
  readonly body: string;
}

/** What a shop platform is to us: how it proves its deliveries and what they say. */
export interface Platform {
  readonly name: Shop['platform'];
  /** Answers what is no delivery and needs no signature; undefined for all else. Nothing is stored. */
  greet?(delivery: Delivery): Greeting | undefined;
  /** The JSON that a delivery is answered with once it is queued, where the platform waits for one; default: `{}`. */
  answer?(delivery: Delivery): Readonly<Record<string, string>>;
  /**
   * Checks the signature over the raw bytes, in constant time, against each secret.
   *
   * @throws UnauthorizedError (rejects) whatever is wrong; it never says what. UpstreamError when a key that the platform
   * publishes cannot be read now: the platform tries again.
   */
  authenticate(delivery: Delivery, context: AuthenticateContext): Promise<void>;
  /**
   * Reads what the delivery says. Pure; by the body, since topic and shop headers are not signed: a body that belongs
   * to another topic is read as what it is or not at all. Empty for topics that we do not follow.
   *
   * @throws InvalidRequestError when the body is not what the platform documents; names every fault.
   * @throws UnauthorizedError when the body names another shop.
   */
  interpret(delivery: Delivery, context: InterpretContext): CommerceEvent[];
  /**
   * Reads from the platform what a thin event leaves out, as it is now; runs behind the queue. The events keep the thin
   * one's id.
   *
   * @throws UpstreamError, UpstreamTimeoutError (rejects) when the platform cannot be read now; UnusableEventError when
   * there is no such thing; ConfigurationError when shops.yaml does not say how to read it.
   */
  complete?(event: Extract<CommerceEvent, { type: 'thin' }>, context: CompleteContext): Promise<CommerceEvent[]>;
  /**
   * Reads the orders that were changed since then, and the customers where the platform lists them by change, each as it is
   * now, page by page; the same picture is the same event, whenever it is read. What changes meanwhile may be missing:
   * let the next reading begin earlier than this one began.
   *
   * @param from where a reading of the same `since` stopped; without it, and where its list is not known, everything is read.
   * @throws what `complete` throws, for the list itself; what is wrong with one thing is told to `skipped`.
   */
  changedSince?(since: Date, context: ListContext, from?: Place): AsyncIterable<Changed>;
  /**
   * Reads an order as the platform's API answers it: the line of an export.
   *
   * @throws InvalidRequestError naming every fault; UnauthorizedError when it is another shop's.
   */
  readOrder?(body: unknown, context: InterpretContext): CommerceEvent;
  /**
   * Reads how the subscriptions are by which the platform delivers.
   *
   * @throws what `complete` throws.
   */
  subscriptions?(context: CompleteContext): Promise<Subscription[]>;
}
