import type { ListContext, Platform } from '../commerce/platform.ts';
import type { Shop } from '../commerce/shops.ts';
import type { OpsDeps, ShopSettings } from './ops-deps.ts';
import { PLATFORMS } from './platforms.ts';
import { Refusal } from './refusal.ts';

/** A shop of the shops file. */
export interface NamedShop {
  readonly name: string;
  readonly shop: Shop;
  readonly platform: Platform;
  readonly settings: ShopSettings;
}

/** The shop of a name. @throws Refusal saying which there are. */
export const shopNamed = async (name: string, deps: Pick<OpsDeps, 'settings'>): Promise<NamedShop> => {
  const settings = await deps.settings();
  const shop = settings.shops.get(name);
  if (!shop)
    throw new Refusal(`There is no shop ${name} in the shops file, only ${[...settings.shops.keys()].join(', ')}`);
  return { name, shop, platform: PLATFORMS[shop.platform], settings };
};

/** What reads the shop's own API. @throws Refusal when shops.yaml does not say where it is; ConfigurationError. */
export const listContextOf = async (
  { name, shop }: NamedShop,
  skipped: ListContext['skipped'],
  deps: OpsDeps,
): Promise<ListContext> => {
  if (!shop.api) {
    throw new Refusal(`${name} has no \`api\` in shops.yaml: add its url and the name of the secret that may read it`);
  }
  const [apiSecret = ''] = await (await deps.secrets()).get([shop.api.secret]);
  const segment = deps.segment();
  return {
    name,
    shop,
    apiSecret,
    pseudonym: (identifier) => segment('guest', identifier),
    fetch: deps.fetch,
    wait: deps.wait,
    now: deps.now(),
    skipped,
  };
};
