import { enableTarget } from '../inbox/enable-target.ts';
import type { OpsDeps } from './ops-deps.ts';
import { Refusal } from './refusal.ts';

/**
 * Has a shop's effects sent again, or without one those of calls that somebody put into a queue.
 *
 * @throws Refusal when there is no such shop.
 */
export const enableIt = async (shop: string | undefined, deps: OpsDeps): Promise<void> => {
  const shops = await deps.shops();
  if (shop !== undefined && shops && !shops.includes(shop))
    throw new Refusal(`There is no shop ${shop}, only ${shops.join(', ')}`);
  const count = await enableTarget(shop, deps);
  const what = shop === undefined ? 'The effects of queued calls are' : `The receiver of ${shop} is`;
  deps.print(
    `${what} enabled; ${count} publication${count === 1 ? '' : 's'} that had waited ` +
      `${count === 1 ? 'comes' : 'come'} with the next sweep, within a minute`,
  );
};
