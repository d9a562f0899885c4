import { eventsIn } from '../commerce/listing.ts';
import { pauseNow } from '../inbox/pause.ts';
import { changedUntil, settledBy } from '../inbox/reconcile.ts';
import type { OpsDeps } from './ops-deps.ts';
import { findings } from './ops-findings.ts';
import { sendDiffering } from './ops-send.ts';
import { listContextOf, shopNamed } from './ops-shop.ts';
import type { ShopRequest } from './ops-shop-options.ts';
import { Refusal } from './refusal.ts';
import { minuteOf } from './table.ts';

type Request = Extract<ShopRequest, { readonly command: 'reconcile' }>;

/** How far back is looked when nothing is said. */
const DEFAULT_MS = 24 * 60 * 60_000;

/**
 * Compares what the shop has with what was applied, and prints where they differ; with `--repair --yes` what differs is
 * sent to the inbox. The command fails when there is a difference that it did not send.
 */
export const reconcile = async ({ shop: name, since, rate, repair, yes }: Request, deps: OpsDeps): Promise<void> => {
  const named = await shopNamed(name, deps);
  const { changedSince } = named.platform;
  if (!changedSince) throw new Refusal(`${named.platform.name} cannot be asked what was changed`);
  if (repair && (await pauseNow(name, deps))) {
    throw new Refusal(`${name} is paused, so much of it waits to be applied: npm run ops -- resume ${name}`);
  }
  const found = findings();
  const until = settledBy(deps.now());
  const from = since ?? new Date(until.getTime() - DEFAULT_MS);
  let later = 0;
  const changed = changedSince(from, await listContextOf(named, found.skip, deps));
  const settled = changedUntil(eventsIn(changed), until, () => {
    later++;
  });
  const does = repair && yes;
  const { sent, tooLarge } = await sendDiffering(settled, named, { does, rate, again: true }, found, deps);
  for (const line of found.lines()) deps.print(line);
  const parts = [
    `${found.compared} compared since ${minuteOf(from.toISOString())} UTC, ${found.compared - found.differing} agree`,
    ...(later > 0 ? [`${later} changed in the last 5 minutes and may be on their way`] : []),
    ...(tooLarge > 0 ? [`${tooLarge} are too large for a message`] : []),
    ...(does ? [`${sent} sent to the inbox`] : []),
  ];
  deps.print(parts.join('; '));
  if (!does && sent > 0) {
    deps.print(
      repair ? `Would send ${sent} to the inbox. Do it: --yes` : `Next: npm run ops -- reconcile ${name} --repair`,
    );
  }
  if (found.skipped > 0 || found.differing > (does ? sent : 0)) deps.fail();
};
