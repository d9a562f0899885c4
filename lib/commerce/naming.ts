import type { Buyer } from './event.ts';
import type { InterpretContext } from './platform.ts';
import type { Shop } from './shops.ts';

/** A guest by a pseudonym of the first e-mail address that there is; the address itself goes no further. */
export const guestOf = (
  emails: readonly (string | null | undefined)[],
  { pseudonym }: Pick<InterpretContext, 'pseudonym'>,
): { readonly buyer?: Buyer } => {
  const [email] = addressesIn(emails);
  return email ? { buyer: { guest: pseudonym(email) } } : {};
};

/** The profiles that these e-mail addresses have as guests, as the links of a customer; the addresses go no further. */
export const guestLinks = (
  emails: readonly (string | null | undefined)[],
  context: Pick<InterpretContext, 'pseudonym'>,
): { readonly links?: readonly string[] } => {
  const links = guestProfiles(emails, context);
  return links.length > 0 ? { links } : {};
};

/** The profiles that these e-mail addresses have as guests, each once. */
export const guestProfiles = (
  emails: readonly (string | null | undefined)[],
  { pseudonym }: Pick<InterpretContext, 'pseudonym'>,
): string[] => [...new Set(addressesIn(emails))].map((email) => `${GUEST}${pseudonym(email)}`);

/** An address is written in many ways and is one. */
const addressesIn = (emails: readonly (string | null | undefined)[]): string[] =>
  emails.flatMap((each) => each?.normalize('NFC').trim().toLowerCase() || []);

/** What the profile ids of guests begin with. */
export const GUEST = 'guest:';

/** The profile of a buyer: the shop's own naming for customers, the pseudonym for guests. */
export const profileIdOf = (buyer: Buyer, { profileId, platform }: Shop): string =>
  'customer' in buyer
    ? profileId.replaceAll('{platform}', platform).replaceAll('{customer}', buyer.customer)
    : `${GUEST}${buyer.guest}`;

/** Whether a profile is a guest's. */
export const isGuest = (profile: string): boolean => profile.startsWith(GUEST);

/**
 * The session that the storefront named in the cart, else one named after the first of these tokens that there is
 * (commerce-platforms.md §9).
 *
 * @param named what the cart's `sessionAttribute` holds, whatever that is: buyers can edit it.
 */
export const sessionNamed = (
  named: unknown,
  tokens: readonly (string | null | undefined)[],
  { name, shop }: Pick<InterpretContext, 'name' | 'shop'>,
): string => {
  // What cannot be the id of a session is not one.
  if (typeof named === 'string' && named !== '' && named.length <= 1000 && named.isWellFormed()) return named;
  return `${shop.platform}:${name}:${tokens.find(Boolean)}`;
};
