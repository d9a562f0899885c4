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
  const { customer, links = [] } = knownAs(event);
  if (customer === undefined || links.length === 0) return;
  const environment = await deps.environmentOf(shop.application);
  await ensureLinks({ environment, profile: profileIdOf({ customer }, shop), aliases: links }, deps);
};

const knownAs = (event: CommerceEvent): { readonly customer?: string; readonly links?: readonly string[] } => {
  if (event.type === 'customer') return { customer: event.customer.id, links: event.customer.links ?? [] };
  return event.type === 'activity' && 'links' in event.activity ? event.activity : {};
};
