import * as z from 'zod';
import { Amount, Currency } from '../../amount.ts';
import type { Buyer, Cart, Line } from '../../event.ts';
import { Instant, OptionalId, reader } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { CartId } from './fields.ts';
import { codesOf, skuOf } from './lines.ts';

const Item = z.object({
  id: z.string().min(1),
  sku: z.string().nullish(),
  name: z.string().nullish(),
  variant_id: OptionalId,
  product_id: OptionalId,
  parent_id: z.union([z.string(), z.int()]).nullish(),
  quantity: z.int().min(0),
  list_price: Amount,
});
type Item = z.output<typeof Item>;

const GiftCertificate = z.object({ id: z.string().min(1), name: z.string().nullish(), amount: Amount });

const readEnvelope = reader(
  z.object({
    data: z.object({
      id: CartId,
      customer_id: OptionalId,
      email: z.string().nullish(),
      channel_id: OptionalId,
      currency: z.object({ code: Currency }),
      coupons: z.array(z.object({ code: z.string().nullish() })).nullish(),
      line_items: z.object({
        physical_items: z.array(Item).nullish(),
        digital_items: z.array(Item).nullish(),
        custom_items: z.array(Item).nullish(),
        gift_certificates: z.array(GiftCertificate).nullish(),
      }),
      updated_time: Instant,
    }),
  }),
);
type CartBody = ReturnType<typeof readEnvelope>['data'];

/** Reads a cart as the API answers it. */
export const readCart = (body: unknown): CartBody => readEnvelope(body).data;

/** A cart as it stands. Its prices are stated one way only, as the store enters them. */
export const cartOf = (body: CartBody, context: InterpretContext): Cart => ({
  session: sessionNamed(undefined, [body.id.toLowerCase()], context),
  ...buyerOf(body.customer_id, body.email, context),
  currency: body.currency.code,
  lines: linesOf(body),
  costs: {},
  codes: codesOf(body.coupons),
  facts: { ...(body.channel_id && { channel: body.channel_id }), currency: body.currency.code },
});

/** The buyer of a cart or an order: the store's customer by id, else a guest. */
export const buyerOf = (
  customer: string | undefined,
  email: string | null | undefined,
  context: InterpretContext,
): { readonly buyer?: Buyer } => (customer ? { buyer: { customer } } : guestOf([email], context));

const linesOf = ({ line_items: lists }: CartBody): Line[] => [
  ...[lists.physical_items, lists.digital_items, lists.custom_items]
    .flatMap((items) => items ?? [])
    .filter(isSold)
    .map((item) => ({
      id: item.id,
      sku: skuOf(item),
      name: item.name || skuOf(item),
      quantity: item.quantity,
      price: item.list_price,
      giftCard: false,
    })),
  ...(lists.gift_certificates ?? []).map(({ id, name, amount }) => ({
    id,
    sku: skuOf({ id }),
    name: name || skuOf({ id }),
    quantity: 1,
    price: amount,
    giftCard: true,
  })),
];

/** A part of a bundle is sold with it, unless it has a price of its own. */
const isSold = ({ parent_id, quantity, list_price }: Item): boolean =>
  quantity > 0 && (!parent_id || Number(list_price) > 0);
