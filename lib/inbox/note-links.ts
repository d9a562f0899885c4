import type { CommerceEvent } from '../commerce/event.ts';
import { profileOf } from '../commerce/mapping.ts';
import type { Shop } from '../commerce/shops.ts';
import { ensureLinks, type LinksDeps } from '../privacy/links.ts';
import type { CheckDeps } from './suppressed-call.ts';
import { linksIn } from './without-person.ts';

/**
 * Notes the other ids by which an event's customer may be known. Before the event is applied: interrupted here, it comes
 * again.
 */
export const noteLinks = async (
  event: CommerceEvent,
  shop: Shop,
  deps: LinksDeps & Pick<CheckDeps, 'environmentOf'>,
): Promise<void> => {
  const profile = profileOf(event, shop);
  const aliases = linksIn(event);
  if (profile === undefined || aliases.length === 0) return;
  await ensureLinks({ environment: await deps.environmentOf(shop.application), profile, aliases }, deps);
};
