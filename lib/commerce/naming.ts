import type { Buyer } from './event.ts';
import type { InterpretContext } from './platform.ts';

/** A guest by a pseudonym of the first e-mail address that there is; the address itself goes no further. */
export const guestOf = (
  emails: readonly (string | null | undefined)[],
  { pseudonym }: Pick<InterpretContext, 'pseudonym'>,
): { readonly buyer?: Buyer } => {
  const email = emails.map((each) => each?.normalize('NFC').trim().toLowerCase()).find(Boolean);
  return email ? { buyer: { guest: pseudonym(email) } } : {};
};

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
