import { listHeld } from '../inbox/hold.ts';
import { listPauses, PAUSES_MILLISECONDS, pauseNow, pauseShop } from '../inbox/pause.ts';
import { resumeShop } from '../inbox/resume.ts';
import type { OpsDeps } from './ops-deps.ts';
import { Refusal } from './refusal.ts';
import { ageOf, minuteOf } from './table.ts';

/** How often it is looked whether what was sent back was applied. */
const LOOK_MS = 2_000;

/** Messages that are counted; beyond that the exact number helps nobody. */
const MOST_COUNTED = 1000;

/** Pauses a shop. @throws Refusal when there is no such shop. */
export const pauseIt = async (shop: string, deps: OpsDeps): Promise<void> => {
  const shops = await deps.shops();
  if (shops && !shops.includes(shop)) throw new Refusal(`There is no shop ${shop}, only ${shops.join(', ')}`);
  const { since } = await pauseShop(shop, deps);
  deps.print(
    [
      `${shop} is paused since ${minuteOf(since)} UTC. In force everywhere ${PAUSES_MILLISECONDS / 1000} seconds after that:`,
      'its deliveries are verified, answered with 200 and put aside in order; other shops go on.',
      ...(shops
        ? []
        : ['(The shops file is not here, so nobody checked whether there is such a shop: set SHOPS_FILE)']),
      `Next: npm run ops -- resume ${shop}`,
    ].join('\n'),
  );
};

/** Resumes a shop, and tells how far it is. @throws Refusal when it is not paused. */
export const resumeIt = async (shop: string, rate: number, deps: OpsDeps): Promise<void> => {
  if (!(await pauseNow(shop, deps))) throw new Refusal(`${shop} is not paused: npm run ops shows who is`);
  const inbox = await deps.inbox();
  let last = '';
  const { outcome, sent } = await resumeShop(shop, {
    ...deps,
    inbox,
    pace: () => deps.wait(1000 / rate),
    wait: () => deps.wait(LOOK_MS),
    progress: (progress) => {
      const line = `${progress.sent} sent back to the inbox, ${progress.waiting} still to be applied`;
      if (progress.waiting > 0 && line !== last) deps.print(line);
      last = line;
    },
  });
  if (outcome === 'paused') throw new Refusal(`${shop} was paused again meanwhile; nothing is lost`);
  deps.print(`${shop} is resumed; ${sent} message${sent === 1 ? '' : 's'} had waited`);
};

/** Lines that say who is paused, since when, and how much waits. */
export const pauseLines = async (deps: OpsDeps): Promise<string[]> => {
  const pauses = await listPauses(deps);
  const lines: string[] = [];
  for (const { shop, since, state } of pauses) {
    const count = await heldCount(shop, deps);
    const waiting = `${count >= MOST_COUNTED ? `${MOST_COUNTED} or more` : count} waiting`;
    const what = `${shop}: paused since ${minuteOf(since)} UTC (${ageOf(since, deps.now())}), ${waiting}`;
    lines.push(state === 'paused' ? what : `${what}, being resumed; if nobody does: npm run ops -- resume ${shop}`);
  }
  return lines;
};

const heldCount = async (shop: string, deps: OpsDeps): Promise<number> => {
  let count = 0;
  for await (const _ of listHeld(shop, deps)) if (++count >= MOST_COUNTED) break;
  return count;
};
