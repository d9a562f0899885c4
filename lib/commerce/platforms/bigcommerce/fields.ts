import * as z from 'zod';

/** A cart's id is a UUID. */
export const CartId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'expected the id of a cart');

const MAIL_DATE = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/;

/** A point in time as version 2 of the API writes it (RFC 2822): `Wed, 14 Nov 2018 19:26:23 +0000`; in UTC. */
export const MailDate = z
  .string()
  .max(40)
  .regex(MAIL_DATE, 'expected an RFC 2822 date and time')
  .transform((text, context) => {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return new Date(time).toISOString().replace('.000', '');
    context.addIssue({ code: 'custom', message: 'expected a date that there is' });
    return z.NEVER;
  });
