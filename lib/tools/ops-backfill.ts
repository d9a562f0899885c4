import type { CommerceEvent } from '../commerce/event.ts';
import { eventsIn } from '../commerce/listing.ts';
import type { OpsDeps } from './ops-deps.ts';
import { openPictures } from './ops-file.ts';
import { type Findings, findings } from './ops-findings.ts';
import { spanOf } from './ops-progress.ts';
import { type Sent, sendDiffering } from './ops-send.ts';
import { listContextOf, type NamedShop, shopNamed } from './ops-shop.ts';
import type { ShopRequest } from './ops-shop-options.ts';
import { Refusal } from './refusal.ts';

type Request = Extract<ShopRequest, { readonly command: 'backfill' }>;

/**
 * Sends what happened before the shop was connected to the inbox: each picture goes the way of a delivery. Without `--yes`
 * it says what it would send.
 */
export const backfill = async (request: Request, deps: OpsDeps): Promise<void> => {
  const named = await shopNamed(request.shop, deps);
  const found = findings();
  const { events, part } = await picturesOf(request, named, found, deps);
  const { yes, rate, effects } = request;
  const sending = { does: yes, rate, again: false, ...(effects && { effects }), ...(part && { part }) };
  const sent = await sendDiffering(events, named, sending, found, deps);
  for (const line of found.lines()) deps.print(line);
  deps.print(verdict(request, sent, found));
  if (found.skipped > 0 || sent.tooLarge > 0) deps.fail();
};

const picturesOf = async (
  { from }: Request,
  named: NamedShop,
  found: Findings,
  deps: OpsDeps,
): Promise<{ readonly events: AsyncIterable<CommerceEvent>; part?(): number }> => {
  if ('file' in from) {
    const segment = deps.segment();
    const pseudonym = (identifier: string) => segment('guest', identifier);
    return openPictures(from, { name: named.name, shop: named.shop, pseudonym, skipped: found.skip });
  }
  const { changedSince } = named.platform;
  if (!changedSince) {
    throw new Refusal(`${named.platform.name} cannot be asked what was changed: export the orders into a file`);
  }
  return { events: eventsIn(changedSince(from.since, await listContextOf(named, found.skip, deps))) };
};

const verdict = ({ yes, rate, effects }: Request, { sent, before, tooLarge }: Sent, { compared }: Findings): string => {
  const quiet = effects ? ', their effects are published to nobody' : ', their effects are published';
  const same = compared - sent - before - tooLarge;
  const parts = [
    `${compared} read, ${same} need nothing`,
    ...(before > 0 ? [`${before} were sent before and are not applied yet: npm run ops -- failures list`] : []),
    ...(tooLarge > 0 ? [`${tooLarge} are too large for a message`] : []),
    yes
      ? `${sent} sent to the inbox${sent > 0 ? quiet : ''}`
      : `would send ${sent} to the inbox${sent > 0 ? `${quiet}, in about ${spanOf((1000 * sent) / rate)}. Do it: --yes` : ''}`,
  ];
  return parts.join('; ');
};
