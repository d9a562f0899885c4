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
  const linked = linkedIn(event);
  if (!linked) return;
  const environment = await deps.environmentOf(shop.application);
  const profile = profileIdOf({ customer: linked.customer }, shop);
  await ensureLinks({ environment, profile, aliases: linked.links }, deps);
};

const linkedIn = (
  event: CommerceEvent,
): { readonly customer: string; readonly links: readonly string[] } | undefined => {
  if (event.type === 'customer' && event.customer.links) {
    return { customer: event.customer.id, links: event.customer.links };
  }
  return event.type === 'activity' && 'links' in event.activity ? event.activity : undefined;
};
