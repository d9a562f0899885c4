import { ConfigurationError } from '../contract/errors.ts';
import { GUEST } from './naming.ts';
import type { Shop } from './shops.ts';

const prefixOf = ({ profileId, platform }: Shop): string =>
  profileId.replaceAll('{platform}', platform).split('{customer}', 1)[0] ?? '';

/**
 * What the profile ids of a shop's customers begin with, if no other shop's do. Guests are not among them: they have the
 * same id in every shop.
 *
 * @param others the shops beside it whose customers are profiles of the same environment.
 * @throws ConfigurationError where the ids do not tell whose customer somebody is: then a list must.
 */
export const customersPrefix = (name: string, shop: Shop, others: ReadonlyMap<string, Shop>): string => {
  const prefix = prefixOf(shop);
  const taken = [['guests', GUEST] as const, ...[...others].map(([other, of]) => [other, prefixOf(of)] as const)];
  const alike = taken.find(([, theirs]) => theirs.startsWith(prefix) || prefix.startsWith(theirs));
  if (!alike) return prefix;
  throw new ConfigurationError(
    `profile ids do not tell who is a customer of ${name}: those of ${alike[0]} begin alike; list them in a file`,
  );
};
