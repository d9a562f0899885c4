import { hash } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import { customerDeleted } from '../../customer-deleted.ts';
import type { Activity, Buyer, Cart, CommerceEvent, Customer, Delivery, Order } from '../../event.ts';
import { readJson } from '../../json.ts';
import { guestLinks, guestOf, profileIdOf, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { type Document, readDocument } from './document.ts';

type DocumentOf<T extends Document['type']> = Extract<Document, { type: T }>;

/**
 * Says what a delivery tells (standard.ts). There are no topics: the body says what it is.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when the body names another shop.
 */
export const interpret = ({ body: bytes }: Delivery, context: InterpretContext): CommerceEvent[] => {
  const document = readDocument(readJson(bytes));
  if (document.shop !== undefined && document.shop !== context.shop.shopId) throw new UnauthorizedError();
  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name, version: { updatedAt: document.updatedAt, digest } };
  switch (document.type) {
    case 'cart': {
      const cart = cartOf(document, [document.id], context);
      return [{ ...base, type: 'cart', cart, ...(document.abandoned && { abandoned: true as const }) }];
    }
    case 'cart_deleted': {
      const session = sessionNamed(document.session, [document.id], context);
      return [{ ...base, type: 'activity', activity: { name: 'cart_deleted', session } }];
    }
    case 'order':
      return [{ ...base, type: 'order', order: orderOf(document, context) }];
    case 'customer':
      return [
        { ...base, type: 'customer', customer: customerOf(document, context) },
        ...mergedInto(document, context).map((activity) => ({ ...base, type: 'activity', activity }) as const),
      ];
    case 'customer_deleted':
      return customerDeleted(base, document.id, context);
  }
};

const customerOf = ({ id, email, facts }: DocumentOf<'customer'>, context: InterpretContext): Customer => ({
  id,
  facts: told(facts),
  ...guestLinks([email], context),
});

const mergedInto = ({ id, merged }: DocumentOf<'customer'>, { shop }: InterpretContext): Activity[] => {
  const links = merged.map((customer) => profileIdOf({ customer }, shop));
  return links.length > 0 ? [{ name: 'customer_merged', customer: id, links }] : [];
};

const orderOf = (document: DocumentOf<'order'>, context: InterpretContext): Order => {
  const { id, payment, cancelled, test, fulfilled } = document;
  const cart = cartOf(document, [document.cart, `order:${id}`], context);
  const skus = new Map(cart.lines.map((line) => [line.id, line.sku]));
  const returns = document.returns.map(({ dispute, ...refund }) => ({
    ...refund,
    lines: refund.lines.map((each) => ({ ...each, sku: skus.get(each.line) ?? '' })),
    ...(dispute && { dispute: true as const }),
  }));
  const facts = { ...cart.facts, test };
  return { ...cart, facts, id, payment, cancelled, test, returns, ...(fulfilled && { fulfilled: true as const }) };
};

const cartOf = (
  document: DocumentOf<'cart' | 'order'>,
  tokens: readonly (string | undefined)[],
  context: InterpretContext,
): Cart => {
  const { session, currency, lines, costs, codes, facts } = document;
  return {
    session: sessionNamed(session, tokens, context),
    ...buyerOf(document, context),
    currency,
    lines,
    costs,
    codes: [...new Set(codes.flatMap((code) => code.trim() || []))],
    facts: { ...told(facts), currency },
  };
};

const buyerOf = (
  { customer, email }: DocumentOf<'cart' | 'order'>,
  context: InterpretContext,
): { readonly buyer?: Buyer } => (customer === undefined ? guestOf([email], context) : { buyer: { customer } });

/** The facts that were told, without those that were not. */
const told = <T>(facts: Readonly<Record<string, T | undefined>>): Record<string, T> =>
  Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, T] => entry[1] !== undefined));
