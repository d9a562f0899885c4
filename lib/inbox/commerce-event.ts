import * as z from 'zod';
import type { CommerceEvent } from '../commerce/event.ts';

const Facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** A decimal text: nothing else can be counted with. */
const Money = z.string().regex(/^-?\d{1,20}(\.\d{1,10})?$/, 'expected an amount');

const Line = z.object({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  quantity: z.number(),
  price: Money,
  giftCard: z.boolean(),
});

const Cart = z.object({
  session: z.string(),
  buyer: z.exactOptional(z.union([z.object({ customer: z.string() }), z.object({ guest: z.string() })])),
  currency: z.string(),
  lines: z.array(Line),
  costs: z.record(z.string(), Money),
  codes: z.array(z.string()),
  facts: Facts,
});

const Return = z.object({
  id: z.string(),
  amount: Money,
  lines: z.array(z.object({ line: z.string(), sku: z.string(), quantity: z.number() })),
  dispute: z.exactOptional(z.literal(true)),
});

const Order = Cart.extend({
  id: z.string(),
  payment: z.enum(['unpaid', 'paid', 'voided']),
  cancelled: z.boolean(),
  test: z.boolean(),
  returns: z.array(Return),
  fulfilled: z.exactOptional(z.literal(true)),
});

const Customer = z.object({
  id: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  links: z.exactOptional(z.array(z.string())),
});

const Intake = z.object({
  kind: z.enum(['erasure', 'access']),
  requestId: z.string().min(1),
  customer: z.exactOptional(z.string()),
  guests: z.array(z.string()),
  orders: z.array(z.string()),
  everyone: z.exactOptional(z.literal(true)),
});
const Activity = z.discriminatedUnion('name', [
  z.object({ name: z.literal('cart_deleted'), session: z.string() }),
  z.object({ name: z.literal('customer_deleted'), customer: z.string() }),
  z.object({
    name: z.enum(['customer_linked', 'customer_merged']),
    customer: z.string(),
    links: z.array(z.string()),
  }),
]);

const base = {
  id: z.string().min(1),
  shop: z.string().min(1),
  version: z.object({
    revision: z.exactOptional(z.int().min(0)),
    updatedAt: z.string(),
    digest: z.string(),
  }),
};

/** A commerce event as it is read from a queue: only what is named here gets through (lib/commerce/event.ts). */
export const CommerceEventSchema: z.ZodType<CommerceEvent> = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('cart'), cart: Cart, abandoned: z.exactOptional(z.literal(true)) }),
  z.object({ ...base, type: z.literal('order'), order: Order }),
  z.object({ ...base, type: z.literal('customer'), customer: Customer }),
  z.object({ ...base, type: z.literal('erasure'), intake: Intake }),
  z.object({ ...base, type: z.literal('activity'), activity: Activity }),
  z.object({ ...base, type: z.literal('thin'), resource: z.string(), session: z.exactOptional(z.string()) }),
]);
