import * as z from 'zod';
import { Amount, Currency } from '../../amount.ts';
import { Instant, reader } from '../../fields.ts';
import { checkOrder } from './check-order.ts';

const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((value) => value.isWellFormed(), 'expected well-formed text');

/** An id: a text, or a whole number as its digits. */
const Id = z
  .union([text(255), z.int().min(0)], { error: 'expected an id: a text or a whole number' })
  .transform(String);

const base = { id: Id, shop: z.string().optional(), updatedAt: Instant };

const Line = z
  .strictObject({
    id: Id.optional(),
    sku: text(255),
    name: text(1000).optional(),
    quantity: z.int().min(1),
    price: Amount,
    giftCard: z.boolean().default(false),
  })
  .transform(({ id, name, ...line }) => ({ ...line, id: id ?? line.sku, name: name ?? line.sku }));

const cartFields = {
  ...base,
  currency: Currency,
  customer: Id.optional(),
  email: z.string().max(320).optional(),
  session: text(1000).optional(),
  lines: z.array(Line),
  costs: z.record(z.string().regex(/^[A-Za-z]\w{0,63}$/, 'expected a name of letters and digits'), Amount).default({}),
  codes: z.array(text(255)).default([]),
  facts: z
    .strictObject({
      orderNumber: z.string().max(255).optional(),
      channel: z.string().max(255).optional(),
      renewal: z.boolean().optional(),
    })
    .default({}),
};

const Cart = z.strictObject({ ...cartFields, type: z.literal('cart'), abandoned: z.boolean().default(false) });

const DeletedCart = z.strictObject({ ...base, type: z.literal('cart_deleted'), session: text(1000).optional() });

const Order = z
  .strictObject({
    ...cartFields,
    type: z.literal('order'),
    cart: Id.optional(),
    payment: z.enum(['unpaid', 'paid', 'voided']),
    cancelled: z.boolean().default(false),
    test: z.boolean().default(false),
    fulfilled: z.boolean().default(false),
    returns: z
      .array(
        z.strictObject({
          id: Id,
          amount: Amount,
          dispute: z.boolean().default(false),
          lines: z.array(z.strictObject({ line: Id, quantity: z.int().min(1) })).default([]),
        }),
      )
      .default([]),
  })
  .superRefine(checkOrder);

const Customer = z.strictObject({
  ...base,
  type: z.literal('customer'),
  email: z.string().max(320).optional(),
  merged: z.array(Id).max(100).default([]),
  facts: z
    .strictObject({
      acceptsMarketing: z.boolean().optional(),
      tags: z.array(z.string().max(255)).max(250).optional(),
      country: z.string().max(255).optional(),
      state: z.string().max(255).optional(),
    })
    .default({}),
});

const DeletedCustomer = z.strictObject({ ...base, type: z.literal('customer_deleted') });

/** Reads a document as standard.ts describes it. */
export const readDocument = reader(z.discriminatedUnion('type', [Cart, DeletedCart, Order, Customer, DeletedCustomer]));

/** What a document says, its defaults filled in. */
export type Document = ReturnType<typeof readDocument>;
