import type { CommerceEvent } from '../commerce/event.ts';
import { compare, isRepairable, sendPicture } from '../inbox/reconcile.ts';
import type { OpsDeps } from './ops-deps.ts';
import type { Findings } from './ops-findings.ts';
import { progressLine } from './ops-progress.ts';
import type { NamedShop } from './ops-shop.ts';

/** How pictures are worked through. */
export interface Sending {
  /** Whether anything is sent; else it is only counted what would be. */
  readonly does: boolean;
  /** Messages a second. */
  readonly rate: number;
  readonly effects?: 'none';
  /** Whether what was sent before and still differs is sent again. */
  readonly again: boolean;
  /** How much was read, from 0 to 1. */
  part?(): number;
}

/** What it came to. */
export interface Sent {
  /** Sent now, or to be sent. */
  readonly sent: number;
  /** Sent earlier, and still not applied. */
  readonly before: number;
  readonly tooLarge: number;
}

/**
 * Compares pictures with what was applied and sends those that differ to the inbox. Ended at any time and begun again, it
 * goes on with what was not sent yet; what was applied meanwhile is no difference any more.
 */
export const sendDiffering = async (
  events: AsyncIterable<CommerceEvent>,
  { name, shop }: NamedShop,
  { does, rate, effects, again, part }: Sending,
  found: Findings,
  deps: OpsDeps,
): Promise<Sent> => {
  const segment = deps.segment();
  const inbox = does ? await deps.inbox() : undefined;
  const { store, accountId, now } = deps;
  const writing = { store, accountId, segment, now, ...(effects && { effects }) };
  const began = now().getTime();
  const counts = { sent: 0, before: 0, tooLarge: 0 };
  for await (const compared of compare(events, shop, { store, accountId, segment })) {
    found.add(compared);
    if (isRepairable(compared)) {
      if (compared.sentAt !== undefined && !again) counts.before++;
      else if (!inbox) counts.sent++;
      else {
        await deps.wait(1000 / rate);
        const outcome = await sendPicture(compared.event, shop, { ...writing, inbox });
        if (outcome === 'sent') counts.sent++;
        else counts.tooLarge++;
      }
    }
    const elapsedMs = now().getTime() - began;
    const far = { read: found.compared, sent: inbox ? counts.sent : 0, elapsedMs, ...(part && { part: part() }) };
    deps.show(`${name}: ${progressLine(far)}`);
  }
  return counts;
};
