import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { Instant, reader } from '../../fields.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { globalId } from './fields.ts';

/** Reads the body of customers/create and customers/update. Name, addresses and the rest of the person stay outside; of the e-mail address a pseudonym is kept. */
export const readCustomer = reader(
  z.object({
    admin_graphql_api_id: globalId('Customer'),
    updated_at: Instant,
    email: z.string().nullish(),
    state: z.string().nullish(),
    tags: z.string().nullish(),
    accepts_marketing: z.boolean().nullish(),
    email_marketing_consent: z.object({ state: z.string().nullish() }).nullish(),
    default_address: z.object({ country_code: z.string().nullish() }).nullish(),
  }),
);
type CustomerBody = ReturnType<typeof readCustomer>;

/** A customer's record: what its API version still says of it, newer ones leave consent and tags out. */
export const customerOf = (body: CustomerBody, context: InterpretContext): Customer => {
  const consent = body.email_marketing_consent?.state;
  const acceptsMarketing = consent ? consent === 'subscribed' : body.accepts_marketing;
  const country = body.default_address?.country_code;
  return {
    id: body.admin_graphql_api_id,
    facts: {
      ...(typeof acceptsMarketing === 'boolean' && { acceptsMarketing }),
      ...(typeof body.tags === 'string' && { tags: tagsOf(body.tags) }),
      ...(country && { country }),
      ...(body.state && { state: body.state }),
    },
    ...guestLinks([body.email], context),
  };
};

const tagsOf = (tags: string): string[] =>
  tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
