import type { Subscription } from '../commerce/platform.ts';
import type { Check } from './ops-checks.ts';
import type { OpsDeps } from './ops-deps.ts';
import { listContextOf, type NamedShop } from './ops-shop.ts';
import { shortText } from './table.ts';

/** Whether the platform's API answers with the shop's secret, and how the subscriptions are by which it delivers (B14). */
export const subscriptionChecks = async (named: NamedShop, deps: OpsDeps): Promise<Check[]> => {
  const { name, shop, platform } = named;
  if (!shop.api) return [];
  // Asked once: whoever waits for a doctor does not want to wait for a throttled shop.
  const { wait, ...context } = await listContextOf(named, () => {}, deps);
  if (platform.subscriptions) {
    const found = await platform.subscriptions(context);
    return [{ ok: true, what: `the API of ${platform.name} answers` }, ...healthOf(found, named)];
  }
  if (!platform.changedSince) return [];
  const changes = platform.changedSince(deps.now(), context)[Symbol.asyncIterator]();
  await changes.next();
  await changes.return?.();
  return [{ ok: true, what: `the API of ${platform.name} answers; it does not tell how ${name}'s deliveries are` }];
};

const SHORT = 80;

const healthOf = (found: readonly Subscription[], { name, shop }: NamedShop): Check[] => {
  const path = `/webhooks/${shop.platform}/${name}`;
  // Those without an address deliver to a queue.
  const ours = found.filter(({ address }) => address === undefined || pathOf(address) === path);
  const how = `npm run ops -- connect ${shop.platform} --shop ${name} --no-wait`;
  if (ours.length === 0) return [{ ok: false, what: `nothing is subscribed for ${path}`, todo: `how to: ${how}` }];
  return ours.map(({ name: topic, healthy, status }) => ({
    ok: healthy,
    what: `subscription ${shortText(topic, SHORT)}: ${shortText(status, SHORT)}`,
    todo: `see why it failed, enable it at the platform, then: npm run ops -- reconcile ${name} --repair`,
  }));
};

const pathOf = (address: string): string | undefined => URL.parse(address)?.pathname.replace(/\/+$/, '');
