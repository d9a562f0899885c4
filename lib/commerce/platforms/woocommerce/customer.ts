import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { BEFORE_ALL, Id, reader } from '../../fields.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { isErasedEmail } from './erased.ts';
import { GmtTime, Links } from './fields.ts';

/** Reads the body of customer.created and customer.updated. Name, addresses and the rest of the person stay outside; of the e-mail address a pseudonym is kept. */
export const readCustomer = reader(
  z.object({
    id: Id,
    date_created_gmt: GmtTime.nullish(),
    date_modified_gmt: GmtTime.nullish(),
    email: z.string().nullish(),
    billing: z.object({ country: z.string().nullish(), email: z.string().nullish() }).nullish(),
    _links: Links,
  }),
);
type CustomerBody = ReturnType<typeof readCustomer>;

/** Whether the person was erased: then nothing of the record may make a profile again. */
export const isErasedCustomer = ({ email }: CustomerBody): boolean => isErasedEmail(email);

/** When the record was changed last; one that never was has no such time. */
export const customerChangedAt = ({ date_modified_gmt, date_created_gmt }: CustomerBody): string =>
  date_modified_gmt ?? date_created_gmt ?? BEFORE_ALL;

/** A customer's record. */
export const customerOf = ({ id, email, billing }: CustomerBody, context: InterpretContext): Customer => ({
  id,
  facts: { ...(billing?.country && { country: billing.country }) },
  ...guestLinks(
    [email, billing?.email].filter((each) => !isErasedEmail(each)),
    context,
  ),
});
