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
}
