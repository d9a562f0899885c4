import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { reader } from '../../fields.ts';
import { idOf } from './fields.ts';

const address = z.object({ country: z.string().nullish() }).nullish();

/** Reads a customer. Name, e-mail address and the rest of the person stay outside. */
export const readCustomer = reader(
  z.object({
    object: z.literal('customer'),
    id: idOf('cus'),
    deleted: z.boolean().nullish(),
    address,
    shipping: z.object({ address }).nullish(),
  }),
);
type CustomerBody = ReturnType<typeof readCustomer>;

/** A customer's record. */
export const customerOf = ({ id, address, shipping }: CustomerBody): Customer => {
  const country = address?.country || shipping?.address?.country;
  return { id, facts: { ...(country && { country }) } };
};
