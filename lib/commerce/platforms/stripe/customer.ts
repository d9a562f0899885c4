import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { reader } from '../../fields.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { idOf } from './fields.ts';

const address = z.object({ country: z.string().nullish() }).nullish();

/** Reads a customer. Name and the rest of the person stay outside; of the e-mail address a pseudonym is kept. */
export const readCustomer = reader(
  z.object({
    object: z.literal('customer'),
    id: idOf('cus'),
    deleted: z.boolean().nullish(),
    email: z.string().nullish(),
    address,
    shipping: z.object({ address }).nullish(),
  }),
);
type CustomerBody = ReturnType<typeof readCustomer>;

/** A customer's record. */
export const customerOf = ({ id, email, address, shipping }: CustomerBody, context: InterpretContext): Customer => {
  const country = address?.country || shipping?.address?.country;
  return { id, facts: { ...(country && { country }) }, ...guestLinks([email], context) };
};
