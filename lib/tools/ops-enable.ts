import { enableTarget } from '../inbox/enable-target.ts';
import type { OpsDeps } from './ops-deps.ts';
import { Refusal } from './refusal.ts';

/** Has a shop's effects sent to its receiver again. @throws Refusal when there is no such shop. */
export const enableIt = async (shop: string, deps: OpsDeps): Promise<void> => {
  const shops = await deps.shops();
  if (shops && !shops.includes(shop)) throw new Refusal(`There is no shop ${shop}, only ${shops.join(', ')}`);
  const count = await enableTarget(shop, deps);
  deps.print(
    `The receiver of ${shop} is enabled; ${count} publication${count === 1 ? '' : 's'} that had waited ` +
      `${count === 1 ? 'comes' : 'come'} with the next sweep, within a minute`,
  );
};
