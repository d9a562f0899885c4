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

/** What a shop platform is to us: how it proves its deliveries and what they say. */
export interface Platform {
  readonly name: Shop['platform'];
  /**
   * Checks the signature over the raw bytes, in constant time, against each secret.
   *
   * @throws UnauthorizedError whatever is wrong; it never says what.
   */
  authenticate(delivery: Delivery, secrets: readonly string[]): void;
  /**
   * Reads what the delivery says. Pure; by the body, since topic and shop headers are not signed: a body that belongs
   * to another topic is read as what it is or not at all. Empty for topics that we do not follow.
   *
   * @throws InvalidRequestError when the body is not what the platform documents; names every fault.
   * @throws UnauthorizedError when the body names another shop.
   */
  interpret(delivery: Delivery, context: InterpretContext): CommerceEvent[];
}
