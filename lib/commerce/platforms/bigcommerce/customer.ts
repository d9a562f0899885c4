import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { Id, Instant, reader } from '../../fields.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';

const CustomerBody = z.object({ id: Id, date_modified: Instant, email: z.string().nullish() });

const readList = reader(z.object({ data: z.array(CustomerBody) }));

/**
 * Reads the answer to a search for customers. Name, addresses and the rest of the person stay outside; of the
 * e-mail address a pseudonym is kept.
 */
export const readCustomers = (body: unknown): z.output<typeof CustomerBody>[] => readList(body).data;

/** A customer's record: BigCommerce says nothing of them that a promotion may go by. */
export const customerOf = ({ id, email }: z.output<typeof CustomerBody>, context: InterpretContext): Customer => ({
  id,
  facts: {},
  ...guestLinks([email], context),
});
