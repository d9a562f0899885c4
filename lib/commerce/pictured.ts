import { digestOf } from './digest.ts';
import type { CommerceEvent, Version } from './event.ts';

/** What a picture shows. */
type Shown<E = CommerceEvent> = E extends { readonly type: 'cart' | 'order' | 'customer' }
  ? Omit<E, 'id' | 'shop' | 'version'>
  : never;

/**
 * An event of what was read without a delivery. Its id names what it says: read again unchanged it is the same event, and
 * one that was changed there and back is another.
 */
export const pictured = (shown: Shown, shop: string, changed: Omit<Version, 'digest'>): CommerceEvent => {
  const version = { ...changed, digest: digestOf(shown) };
  return { ...shown, id: digestOf([shop, version]), shop, version };
};
