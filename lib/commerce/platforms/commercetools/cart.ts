import * as z from 'zod';
import { sum } from '../../../contract/decimal.ts';
import { moneyText } from '../../amount.ts';
import type { Buyer, Cart } from '../../event.ts';
import { Instant, reader } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { CustomLineItem, LineItem, linesOf } from './lines.ts';
import { oneCurrency, TypedMoney } from './money.ts';

/** An id: a UUID as a rule. */
export const Id = z.string().regex(/^[\w-]{1,256}$/, 'expected an id of letters, digits and dashes');

const Reference = z.object({ id: Id });

const ShippingInfo = z.object({ price: TypedMoney });

const Address = z.object({ email: z.string().nullish() });

/** What an order and a cart have in common. */
export const cartFields = {
  id: Id,
  version: z.int().positive(),
  lastModifiedAt: Instant,
  totalPrice: TypedMoney,
  lineItems: z.array(LineItem),
  customLineItems: z.array(CustomLineItem).nullish(),
  shippingInfo: ShippingInfo.nullish(),
  // With several shipping methods they are here, and `shippingInfo` is not.
  shipping: z.array(z.object({ shippingInfo: ShippingInfo.nullish() })).nullish(),
  discountCodes: z
    .array(z.object({ discountCode: Reference.extend({ obj: z.object({ code: z.string() }).nullish() }) }))
    .nullish(),
  customerId: Id.nullish(),
  customerEmail: z.string().nullish(),
  billingAddress: Address.nullish(),
  shippingAddress: Address.nullish(),
  store: z.object({ key: z.string() }).nullish(),
  custom: z.object({ fields: z.record(z.string(), z.unknown()).nullish() }).nullish(),
};
type CartBody = z.output<z.ZodObject<typeof cartFields>>;

/** Reads a cart as the API answers it. */
export const readCart = reader(z.object({ ...cartFields, cartState: z.string().nullish() }).superRefine(oneCurrency));

/** What a cart and an order say alike, without the session. */
export const contentOf = (body: CartBody, context: InterpretContext): Omit<Cart, 'session'> => {
  const { currency } = body.totalPrice;
  return {
    ...buyerOf(body, context),
    currency,
    lines: linesOf(body),
    costs: shippingOf(body),
    codes: codesOf(body),
    facts: { ...(body.store && { channel: body.store.key }), currency },
  };
};

/** The session that the storefront named in a custom field, else one named after the first of these tokens. */
export const sessionOf = (
  { custom }: CartBody,
  tokens: readonly (string | undefined)[],
  context: InterpretContext,
): string => {
  const { sessionAttribute } = context.shop;
  const fields = custom?.fields ?? {};
  const named = sessionAttribute && Object.hasOwn(fields, sessionAttribute) ? fields[sessionAttribute] : undefined;
  return sessionNamed(named, tokens, context);
};

/** A cart that is still one; undefined for one that became an order or part of another cart. */
export const cartOf = (body: ReturnType<typeof readCart>, context: InterpretContext): Cart | undefined =>
  body.cartState === 'Ordered' || body.cartState === 'Merged'
    ? undefined
    : { session: sessionOf(body, [body.id], context), ...contentOf(body, context) };

/**
 * Whether it has codes of which only the id is told: deliveries have no more, and a read has to ask for the rest. Those
 * would be missed.
 */
export const hidesCodes = ({ discountCodes }: CartBody): boolean =>
  (discountCodes ?? []).some(({ discountCode }) => !discountCode.obj);

const codesOf = ({ discountCodes }: CartBody): string[] => [
  ...new Set((discountCodes ?? []).map(({ discountCode }) => discountCode.obj?.code.trim() ?? '').filter(Boolean)),
];

const buyerOf = (
  { customerId, customerEmail, billingAddress, shippingAddress }: CartBody,
  context: InterpretContext,
): { readonly buyer?: Buyer } =>
  customerId
    ? { buyer: { customer: customerId } }
    : guestOf([customerEmail, billingAddress?.email, shippingAddress?.email], context);

/** Shipping before its discount, as far as there is any. */
const shippingOf = ({ shippingInfo, shipping }: CartBody): Cart['costs'] => {
  const costs = [shippingInfo, ...(shipping ?? []).map((each) => each.shippingInfo)].flatMap((info) =>
    info ? [info.price.amount] : [],
  );
  return costs.length > 0 ? { shipping: moneyText(sum(costs)) } : {};
};
