import type { Shop } from './shops.ts';

/** The platforms that deliver over Amazon EventBridge, and how their partner event sources name them. */
export const PARTNERS = { shopify: 'shopify.com', bigcommerce: 'bigcommerce.com', stripe: 'stripe.com' } as const;

/** How the partner event sources of a platform begin; undefined for a platform that has none. */
export const sourcePrefix = (platform: Shop['platform']): string | undefined =>
  Object.hasOwn(PARTNERS, platform) ? `aws.partner/${PARTNERS[platform as keyof typeof PARTNERS]}/` : undefined;

/** The shop's domain, as Shopify's deliveries have it; undefined where shops.yaml does not say it. */
export const domainOf = ({ api }: Pick<Shop, 'api'>): string | undefined => api && new URL(api.url).hostname;

/**
 * Whether what comes from one event source says of which of two shops it is: Shopify names the domain, BigCommerce the
 * store. Stripe names an account only where it is connected to the one that the source belongs to.
 */
const saysWhich = (one: Shop, other: Shop): boolean => {
  if (one.platform === 'stripe' && one.eventSource === undefined) return false;
  if (one.platform !== 'shopify') return one.shopId !== other.shopId;
  const [domain, another] = [domainOf(one), domainOf(other)];
  return domain !== undefined && another !== undefined && domain !== another;
};

/** What to do where it does not. */
const remedyFor = ({ platform, eventSource }: Shop): string => {
  if (platform === 'shopify') return 'give each its own api.url, by whose domain deliveries name the shop';
  return platform === 'stripe' && eventSource === undefined
    ? 'name the eventSource of each'
    : 'give each its own shopId';
};

/** Two shops whose deliveries cannot be told apart. */
export interface Confusion {
  readonly one: string;
  readonly other: string;
  /** What to change in shops.yaml. */
  readonly remedy: string;
}

/** The first two of the shops, all of one platform, whose deliveries from one event source cannot be told apart. */
export const confusedAmong = (shops: ReadonlyMap<string, Shop>): Confusion | undefined => {
  const named = [...shops];
  for (const [index, [one, shop]] of named.entries()) {
    const found = named.slice(index + 1).find(([, another]) => !saysWhich(shop, another));
    if (found) return { one, other: found[0], remedy: remedyFor(shop) };
  }
  return undefined;
};
