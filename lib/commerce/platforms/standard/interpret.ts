import { hash } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Buyer, Cart, CommerceEvent, Delivery, Order } from '../../event.ts';
import { readJson } from '../../json.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
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
    case 'cart':
      return [{ ...base, type: 'cart', cart: cartOf(document, [document.id], context) }];
    case 'order':
      return [{ ...base, type: 'order', order: orderOf(document, context) }];
    case 'customer':
      return [{ ...base, type: 'customer', customer: { id: document.id, facts: told(document.facts) } }];
  }
};

const orderOf = (document: DocumentOf<'order'>, context: InterpretContext): Order => {
  const { id, payment, cancelled, test } = document;
  const cart = cartOf(document, [document.cart, `order:${id}`], context);
  const skus = new Map(cart.lines.map((line) => [line.id, line.sku]));
  const returns = document.returns.map((refund) => ({
    ...refund,
    lines: refund.lines.map((each) => ({ ...each, sku: skus.get(each.line) ?? '' })),
  }));
  return { ...cart, facts: { ...cart.facts, test }, id, payment, cancelled, test, returns };
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
