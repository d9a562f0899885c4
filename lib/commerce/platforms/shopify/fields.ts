import * as z from 'zod';

/** The id inside of a global id: `gid://shopify/Order/820982911946154508`. */
export const globalId = (type: 'Order' | 'Customer' | 'Refund' | 'LineItem') => {
  const prefix = `gid://shopify/${type}/`;
  return z
    .string()
    .regex(new RegExp(`^${prefix}\\d{1,20}$`), `expected ${prefix} and digits`)
    .transform((text) => text.slice(prefix.length));
};

/** Names a cart or checkout. */
export const Token = z.string().max(255);
