import * as z from 'zod';
import { decimal, sum } from '../../../contract/decimal.ts';
import { Amount, Currency } from '../../amount.ts';
import type { Buyer, Cart, Line } from '../../event.ts';
import { Id } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { globalId, Token } from './fields.ts';
import { moneySet, shopMoney } from './money.ts';

const price = { price: Amount, price_set: moneySet(Amount).nullish() };

const LineItem = z.object({
  admin_graphql_api_id: globalId('LineItem').nullish(),
  id: Id.nullish(),
  key: z.string().nullish(),
  sku: z.string().nullish(),
  variant_id: Id.nullish(),
  product_id: Id.nullish(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  quantity: z.int().min(0),
  gift_card: z.boolean().nullish(),
  ...price,
});
type LineItem = z.output<typeof LineItem>;

/** What an order and a checkout have in common. */
export const cartFields = {
  currency: Currency,
  cart_token: Token.nullish(),
  source_name: z.string().nullish(),
  email: z.string().nullish(),
  customer: z.object({ admin_graphql_api_id: globalId('Customer').nullish(), id: Id.nullish() }).nullish(),
  note_attributes: z.array(z.object({ name: z.string(), value: z.unknown() })).nullish(),
  discount_codes: z.array(z.object({ code: z.string().nullish() })).nullish(),
  line_items: z.array(LineItem),
  shipping_lines: z.array(z.object({ ...price, is_removed: z.boolean().nullish() })).nullish(),
};
type CartBody = z.output<z.ZodObject<typeof cartFields>>;

/** The id of a line in its order; checkouts have a key, which may repeat. */
export const lineIdOf = ({ admin_graphql_api_id, id, key }: LineItem): string =>
  admin_graphql_api_id ?? id ?? key ?? '';

/** A line's sku: real shops leave it empty (commerce-platforms.md §1), and a custom item has no product either. */
export const skuOf = (item: LineItem): string => {
  const { sku, variant_id, product_id } = item;
  if (sku?.trim()) return sku.trim();
  return variant_id ? `variant:${variant_id}` : product_id ? `product:${product_id}` : `line:${lineIdOf(item)}`;
};

/** The sold lines. What was given back is a fact of its own (`Return`): the line keeps its quantity. */
export const linesOf = ({ line_items }: CartBody): Line[] =>
  line_items
    .filter(({ quantity }) => quantity > 0)
    .map((item) => ({
      id: lineIdOf(item),
      sku: skuOf(item),
      name: item.name || item.title || skuOf(item),
      quantity: item.quantity,
      price: shopMoney(item.price, item.price_set),
      giftCard: item.gift_card ?? false,
    }));

/** Shipping before its discount, as far as there is any. */
export const shippingOf = ({ shipping_lines }: CartBody): Cart['costs'] => {
  const lines = (shipping_lines ?? []).filter(({ is_removed }) => !is_removed);
  const costs = lines.map(({ price, price_set }) => decimal(shopMoney(price, price_set)));
  return costs.length > 0 ? { shipping: sum(costs).toFixed() } : {};
};

/** The codes that the buyer used. A discount that the merchant gave by hand has an empty one (B38). */
export const codesOf = ({ discount_codes }: CartBody): string[] => [
  ...new Set((discount_codes ?? []).map(({ code }) => code?.trim() ?? '').filter((code) => code !== '')),
];

/** The buyer: the shop's customer by id, else a pseudonym of the first e-mail address, which itself goes no further. */
export const buyerOf = (
  { customer }: CartBody,
  emails: readonly (string | null | undefined)[],
  context: InterpretContext,
): { readonly buyer?: Buyer } => {
  const id = customer?.admin_graphql_api_id ?? customer?.id;
  return id ? { buyer: { customer: id } } : guestOf(emails, context);
};

/** The session that the storefront named in the cart, else one named after the first of these tokens that there is. */
export const sessionOf = (
  { note_attributes }: CartBody,
  tokens: readonly (string | null | undefined)[],
  context: InterpretContext,
): string => {
  const { sessionAttribute } = context.shop;
  const named = note_attributes?.find((attribute) => attribute.name === sessionAttribute)?.value;
  return sessionNamed(named, tokens, context);
};
