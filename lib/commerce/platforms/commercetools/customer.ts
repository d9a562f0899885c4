import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { Instant, reader } from '../../fields.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { Id } from './cart.ts';

/** Reads a customer as messages carry it and as the API answers it. The person stays outside; of the e-mail address a pseudonym is kept. */
export const readCustomer = reader(
  z.object({
    id: Id,
    version: z.int().positive(),
    lastModifiedAt: Instant,
    email: z.string().nullish(),
    addresses: z.array(z.object({ id: z.string().nullish(), country: z.string().nullish() })).nullish(),
    defaultBillingAddressId: z.string().nullish(),
    defaultShippingAddressId: z.string().nullish(),
  }),
);

/** A customer's record: the country of the address that they are billed at, else of the one that they ship to. */
export const customerOf = (body: ReturnType<typeof readCustomer>, context: InterpretContext): Customer => {
  const main = body.defaultBillingAddressId ?? body.defaultShippingAddressId;
  const country = main && body.addresses?.find(({ id }) => id === main)?.country;
  return { id: body.id, facts: { ...(country && { country }) }, ...guestLinks([body.email], context) };
};
