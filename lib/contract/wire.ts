import * as z from 'zod';

/**
 * The leniency that real clients need, all of it, in this one place: what the published clients of 2018–2021 put on the
 * wire and what it means (wire-facts.md). Behind this file values are strict.
 */

/** An optional field: absent and `null` both mean "not sent" (Go and the 2016 JavaScript client send `null`). */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value): z.output<T> | undefined => value ?? undefined);

/** A query flag: `true`, `1` and their opposites; an empty or absent value is the default (PHP sends `dry=`). */
export const flag = (byDefault: boolean) =>
  z
    .union([z.boolean(), z.enum(['true', 'false', '1', '0', ''])], { error: 'expected true, false, 1, 0 or nothing' })
    .optional()
    .transform((value) =>
      value === undefined || value === '' ? byDefault : value === true || value === 'true' || value === '1',
    );

/** A value of an attribute: a scalar, a location or a list of those; `null` removes or is ignored (semantics.md AT5). */
export type AttributeValue = AttributeScalar | null | readonly AttributeScalar[];
type AttributeScalar = string | number | boolean | Readonly<Record<string, number | string>>;

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (isPlain(value) &&
    Object.entries(value).every(
      ([name, part]) => name !== '__proto__' && (typeof part === 'number' || typeof part === 'string'),
    ));

/**
 * Attributes by name. `null` and PHP's empty list both mean none sent. A name `__proto__` is refused: as data it is
 * harmless, but no consumer of an effect should have to know that.
 */
export const attributes = z
  .custom<Attributes | readonly [] | null>(
    (value) => value === null || isPlain(value) || (Array.isArray(value) && value.length === 0),
    {
      error: 'expected an object of attributes',
      abort: true,
    },
  )
  .superRefine((value, context) => {
    if (!isPlain(value)) return;
    for (const name of Object.keys(value)) {
      const attribute = value[name];
      if (name === '__proto__') context.addIssue({ code: 'custom', path: [name], message: 'this name is not allowed' });
      else if (
        !(attribute === null || isScalar(attribute) || (Array.isArray(attribute) && attribute.every(isScalar)))
      ) {
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'expected a string, number, boolean, location, a list of these, or null',
          params: { title: 'Invalid type' },
        });
      }
    }
  })
  .optional()
  .transform((value): Attributes | undefined => (isPlain(value) ? (value as Attributes) : undefined));

/** An optional point in time, RFC 3339 with any offset and precision; Go's unset date (year 1) and `""` mean none. */
export const time = z
  .union([z.literal(''), z.iso.datetime({ offset: true, error: 'expected an RFC 3339 date and time' })])
  .nullish()
  .transform((text): Date | undefined => {
    if (!text || text.startsWith('0001-01-01')) return undefined;
    return new Date(text);
  });

/** An identifier that the caller chose: 1 to 1000 characters, compared byte for byte (semantics.md I1–I3). */
export const integrationId = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => text.isWellFormed(), 'holds half of a surrogate pair');

/** An optional reference to a profile; empty means none (semantics.md I3). */
export const profileReference = z
  .string()
  .max(1000)
  .refine((text) => text.isWellFormed(), 'holds half of a surrogate pair');
