import * as z from 'zod';
import { InvalidRequestError } from '../contract/errors.ts';
import { readOften } from '../contract/often.ts';
import { issuesOf } from '../contract/validate.ts';

/** An id: a number, or its digits where a number could not hold them (lib/commerce/json.ts). */
export const Id = z
  .union([z.int().positive(), z.string().regex(/^\d{1,20}$/)], { error: 'expected an id of digits' })
  .transform(String);

/** An id, where 0 and the empty text stand for none. */
export const OptionalId = z
  .union([z.literal([0, '0', '']).transform(() => undefined), Id])
  .nullish()
  .transform((id) => id ?? undefined);

/**
 * A point in time, in UTC, with the fraction that the platform gives. One that is not within the years 0000 to 9999 in
 * UTC is refused: its text would not sort. The bound comes first: patterns need time for long texts.
 */
export const Instant = z
  .string()
  .max(40)
  .pipe(z.iso.datetime({ offset: true, error: 'expected an RFC 3339 date and time' }))
  .transform((text, context) => {
    const fraction = text.match(/\.\d+/)?.[0].replace(/\.?0+$/, '') ?? '';
    const second = new Date(text.replace(/\.\d+/, ''));
    if (second.getTime() >= YEAR_0000 && second.getTime() < YEAR_10000) {
      return `${second.toISOString().slice(0, 19)}${fraction}Z`;
    }
    context.addIssue({ code: 'custom', message: 'expected a time within the years 0000 to 9999' });
    return z.NEVER;
  });
const YEAR_0000 = Date.parse('0000-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('+010000-01-01T00:00:00Z');

/** Seconds of Unix time as a point in time. */
export const UnixInstant = z
  .int()
  .min(0)
  .max(253_402_300_799)
  .transform((seconds) => new Date(seconds * 1000).toISOString().replace('.000', ''));

/** The time of what says none: no picture is older. */
export const BEFORE_ALL = '0000-01-01T00:00:00Z';

/**
 * Makes the reader of one kind of body: only what the schema names comes through.
 *
 * The reader throws InvalidRequestError naming every fault with its pointer.
 */
export const reader = <T extends z.ZodType>(schema: T): ((body: unknown) => z.output<T>) => {
  const delivery = readOften(z.object({ body: schema }));
  return (body) => {
    const read = delivery({ body });
    if (!read.success) throw new InvalidRequestError(issuesOf(read.error));
    return (read.data as { body: z.output<T> }).body;
  };
};
