import * as z from 'zod';
import type { Cart } from '../../event.ts';
import { Instant, reader } from '../../fields.ts';
import type { InterpretContext } from '../../platform.ts';
import { buyerOf, cartFields, codesOf, linesOf, sessionOf, shippingOf } from './cart.ts';
import { Token } from './fields.ts';
import { oneCurrency } from './money.ts';

/** Reads the body of checkouts/create and checkouts/update. */
export const readCheckout = reader(
  z
    .object({
      ...cartFields,
      token: Token.min(1),
      presentment_currency: z.string().nullish(),
      abandoned_checkout_url: z.string(),
      updated_at: Instant,
    })
    .superRefine(oneCurrency),
);
type CheckoutBody = ReturnType<typeof readCheckout>;

/**
 * Whether its amounts are in the buyer's currency: those of a checkout are, unlike an order's, and it has no others.
 * Such a checkout says nothing that we could use; its order will.
 */
export const isForeign = ({ currency, presentment_currency }: CheckoutBody): boolean =>
  Boolean(presentment_currency) && presentment_currency !== currency;

/** A checkout as the cart that it is. */
export const cartOf = (body: CheckoutBody, context: InterpretContext): Cart => ({
  session: sessionOf(body, [body.token], context),
  ...buyerOf(body, [body.email], context),
  currency: body.currency,
  lines: linesOf(body),
  costs: shippingOf(body),
  codes: codesOf(body),
  facts: { ...(body.source_name && { channel: body.source_name }), currency: body.currency },
});
