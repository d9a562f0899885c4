import * as z from 'zod';
import type { Customer } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { Flag, Timestamp } from './fields.ts';

/**
 * Reads a customer as events carry it (`entity_id`) and as the API answers it (`id`). The person stays outside; of the
 * e-mail address a pseudonym is kept.
 */
export const readCustomer = reader(
  z
    .object({
      entity_id: Id.nullish(),
      id: Id.nullish(),
      updated_at: Timestamp,
      email: z.string().nullish(),
      addresses: z.array(z.object({ country_id: z.string().nullish(), default_billing: Flag.nullish() })).nullish(),
      extension_attributes: z.object({ is_subscribed: Flag.nullish() }).nullish(),
    })
    .transform(({ entity_id, id, ...rest }, context) => {
      const known = entity_id ?? id;
      if (known) return { ...rest, id: known };
      context.addIssue({ code: 'custom', path: ['id'], message: 'expected an id', params: { title: 'required' } });
      return z.NEVER;
    }),
);

/** A customer's record: newsletter, and the country of the billing address, as far as it is told. */
export const customerOf = (
  { id, email, addresses, extension_attributes }: ReturnType<typeof readCustomer>,
  context: InterpretContext,
): Customer => {
  const acceptsMarketing = extension_attributes?.is_subscribed;
  const country = addresses?.find(({ default_billing }) => default_billing)?.country_id;
  return {
    id,
    facts: { ...(typeof acceptsMarketing === 'boolean' && { acceptsMarketing }), ...(country && { country }) },
    ...guestLinks([email], context),
  };
};
