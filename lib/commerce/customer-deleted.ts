import type { CommerceEvent } from './event.ts';
import type { InterpretContext } from './platform.ts';
import type { Shop } from './shops.ts';

type Place = Pick<CommerceEvent, 'id' | 'shop' | 'version'>;

/** What the deletion of a customer's record comes to, by the shop's `customerDeleted`. */
const TOLD_AS: Record<Shop['customerDeleted'], (place: Place, customer: string) => CommerceEvent[]> = {
  ignore: () => [],
  event: (place, customer) => [{ ...place, type: 'activity', activity: { name: 'customer_deleted', customer } }],
  erase: (place, customer) => [
    { ...place, type: 'erasure', intake: { kind: 'erasure', requestId: place.id, customer, guests: [], orders: [] } },
  ],
};

/**
 * What is told when a customer's record was deleted in the shop. That alone is not always a request for erasure
 * (commerce-platforms.md §9), so the shop's settings say what it is.
 */
export const customerDeleted = (
  place: Place,
  customer: string,
  { shop }: Pick<InterpretContext, 'shop'>,
): CommerceEvent[] => TOLD_AS[shop.customerDeleted](place, customer);
