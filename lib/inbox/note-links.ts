import type { CommerceEvent } from '../commerce/event.ts';
import { profileIdOf } from '../commerce/naming.ts';
import type { Shop } from '../commerce/shops.ts';
import { ensureLinks, type LinksDeps } from '../privacy/links.ts';
import type { CheckDeps } from './suppressed-call.ts';

/**
 * Notes the other ids by which an event's customer may be known. Before the event is applied: interrupted here, it comes
 * again.
 */
export const noteLinks = async (
  event: CommerceEvent,
  shop: Shop,
  deps: LinksDeps & Pick<CheckDeps, 'environmentOf'>,
): Promise<void> => {
  if (event.type !== 'customer' || !event.customer.links) return;
  const environment = await deps.environmentOf(shop.application);
  const profile = profileIdOf({ customer: event.customer.id }, shop);
  await ensureLinks({ environment, profile, aliases: event.customer.links }, deps);
};
