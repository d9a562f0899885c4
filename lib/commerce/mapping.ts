import { hash } from 'node:crypto';
import { decimal, toNumber } from '../contract/decimal.ts';
import type { Request } from '../contract/operation.ts';
import type { updateCustomerProfileV2 } from '../contract/operations/profiles.ts';
import type { updateCustomerSessionV2 } from '../contract/operations/sessions.ts';
import { NewCustomerSessionV2 } from '../contract/schemas/session.ts';
import { pointer } from '../contract/validate.ts';
import { UnusableEventError } from './errors.ts';
import type { Cart, CommerceEvent, Customer, Intake, Line, Money } from './event.ts';
import { profileIdOf } from './naming.ts';
import type { Shop } from './shops.ts';

type SessionBody = Request<typeof updateCustomerSessionV2>['body']['customerSession'];
type ProfileBody = Request<typeof updateCustomerProfileV2>['body'];

/** What a session holds, without its state. */
export type SessionContent = Omit<SessionBody, 'state'>;

/** The number that JSON carries for an amount. */
export const amountOf = (money: Money): number => toNumber(decimal(money));

/** The profile that an event is about; undefined when it names nobody. */
export const profileOf = (event: CommerceEvent, shop: Shop): string | undefined => {
  if (event.type === 'customer') return profileIdOf({ customer: event.customer.id }, shop);
  if (event.type === 'erasure') return profilesOf(event.intake, shop)[0];
  if (event.type === 'activity') {
    return 'customer' in event.activity ? profileIdOf({ customer: event.activity.customer }, shop) : undefined;
  }
  if (event.type === 'thin') return undefined;
  const { buyer } = event.type === 'cart' ? event.cart : event.order;
  return buyer && profileIdOf(buyer, shop);
};

/** The profiles that a request names: the customer's own first, then those of the guest of their e-mail address. */
export const profilesOf = ({ customer, guests }: Pick<Intake, 'customer' | 'guests'>, shop: Shop): string[] => [
  ...(customer === undefined ? [] : [profileIdOf({ customer }, shop)]),
  ...guests.map((guest) => profileIdOf({ guest }, shop)),
];

/**
 * A cart or order as the whole content of a session (commerce-platforms.md §9). Lines and costs are always there, so
 * that what was taken out of the cart leaves the session too. Codes that the shop itself knows stay out: the engine's
 * are sent; none of them, an empty list if there were some before, else nothing, which leaves codes that others gave
 * the session alone (B38).
 */
export const sessionContent = (cart: Cart, shop: Shop, sentCodes: boolean): SessionContent => {
  const patterns = shop.engineCodes.map(codePattern);
  const codes = cart.codes.filter((code) => patterns.some((pattern) => pattern.test(code)));
  const attributes = pick(cart.facts, shop.attributes.session);
  return {
    ...(cart.buyer && { profileId: profileIdOf(cart.buyer, shop) }),
    ...((codes.length > 0 || sentCodes) && { couponCodes: codes }),
    cartItems: cart.lines.map((line) => cartItem(line, shop)),
    additionalCosts: Object.fromEntries(
      Object.entries(cart.costs).map(([name, cost]) => [name, { price: amountOf(cost) }]),
    ),
    ...(attributes && { attributes }),
  };
};

/** `SUMMER-*` as an expression that takes no longer than the code is long, twice over. */
const codePattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
    'i',
  );

const cartItem = ({ name, sku, quantity, price, giftCard }: Line, { attributes }: Shop) => {
  const facts = pick({ giftCard }, attributes.item);
  return { name, sku, quantity, price: amountOf(price), ...(facts && { attributes: facts }) };
};

/** A customer as the body of a profile call; with no facts to pass on it still makes the profile. */
export const profileBody = ({ facts }: Customer, shop: Shop): ProfileBody => {
  const attributes = pick(facts, shop.attributes.profile);
  return { ...(attributes && { attributes }), responseContent: [] };
};

const pick = <T>(facts: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> | undefined => {
  const picked = Object.entries(facts).filter(([name]) => names.includes(name));
  return picked.length > 0 ? Object.fromEntries(picked) : undefined;
};

/** The same for contents that sell the same: what is bought, at what price, with which codes. */
export const contentDigest = ({ cartItems, additionalCosts, couponCodes }: SessionContent): string =>
  hash('sha256', JSON.stringify([cartItems, additionalCosts, couponCodes ?? []]));

/** @throws UnusableEventError when no session can hold it: too many lines or units, a code or an amount too long. */
export const assertFits = (content: SessionContent): void => {
  const read = NewCustomerSessionV2.safeParse(content);
  if (read.success) return;
  const faults = read.error.issues.map(({ path, message }) => `${pointer(path)}: ${message}`);
  throw new UnusableEventError(
    `No session can hold this cart (${faults.join('; ')}); settle its promotions by hand, then discard it`,
  );
};
