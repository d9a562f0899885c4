import * as z from 'zod';
import { MAX_ISSUES } from './errors.ts';

/**
 * The leniency that real clients need, all of it, in this one place: what the published clients of 2018–2021 put on the
 * wire and what it means (wire-facts.md). Behind this file values are strict.
 *
 * `documented` in a schema's metadata is what the API document says of it, where that is less than what is taken.
 */

/** An optional field: absent and `null` both mean "not sent" (Go and the 2016 JavaScript client send `null`). */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value): z.output<T> | undefined => value ?? undefined);

/** Texts that enter keys: two texts with different halves of a surrogate pair could be the same bytes. */
export const wellFormed = (text: z.ZodString): z.ZodString =>
  text.refine((value) => value.isWellFormed(), 'holds half of a surrogate pair');

/** A query flag: `true`, `1` and their opposites; an empty or absent value is the default (PHP sends `dry=`). */
export const flag = (byDefault: boolean) =>
  z
    .union([z.boolean(), z.enum(['true', 'false', '1', '0', ''])], { error: 'expected true, false, 1, 0 or nothing' })
    .optional()
    .transform((value) =>
      value === undefined || value === '' ? byDefault : value === true || value === 'true' || value === '1',
    )
    .meta({ documented: { type: 'boolean', default: byDefault } });

/**
 * `silent`: `yes` asks for an empty answer, anything else and nothing for the whole one (semantics.md O3). It stays a word:
 * what was read is a request again where another server answers it.
 */
export const silent = z
  .string()
  .optional()
  .transform((value) => (value === 'yes' ? 'yes' : 'no'))
  .meta({ documented: { type: 'string', 'x-known-values': ['yes', 'no'] } });

/** A body that the clients of 2018 and 2019 leave out where it would be empty: none is an empty one. */
export const optionalBody = <T extends z.ZodType<unknown, object>>(schema: T) => schema.prefault({} as z.input<T>);

/**
 * No body. Java and the 2019 JavaScript client send `{}` all the same, for their signature's sake, and others whatever
 * they please: it says nothing.
 */
export const noBody = z.unknown().transform(() => undefined);

/** A value of an attribute: a scalar, a location or a list of those; `null` removes or is ignored (semantics.md AT5). */
export type AttributeValue = AttributeScalar | null | readonly AttributeScalar[];
type AttributeScalar = string | number | boolean | Readonly<Record<string, number | string>>;

/** Attributes by name: what the caller knows of a customer, a session, an item, an event or a code. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON can say `1e999`, which reads as infinity: no number that could be stored or compared. */
const isAtom = (value: unknown): boolean => typeof value === 'string' || Number.isFinite(value);

const isScalar = (value: unknown): boolean =>
  isAtom(value) ||
  typeof value === 'boolean' ||
  (isPlain(value) && Object.entries(value).every(([name, part]) => name !== '__proto__' && isAtom(part)));

const isAttribute = (value: unknown): boolean =>
  value === null || isScalar(value) || (Array.isArray(value) && value.every(isScalar));

const sent = z
  .custom<Attributes | readonly [] | null>(
    (value) => value === null || isPlain(value) || (Array.isArray(value) && value.length === 0),
    {
      error: 'expected an object of attributes',
      abort: true,
      params: { title: 'Invalid type' },
    },
  )
  .superRefine((value, context) => {
    if (!isPlain(value)) return;
    for (const name of Object.keys(value)) {
      if (context.issues.length >= MAX_ISSUES) return;
      if (name === '__proto__') context.addIssue({ code: 'custom', path: [name], message: 'this name is not allowed' });
      else if (!isAttribute(value[name])) {
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'expected a string, number, boolean, location, a list of these, or null',
          params: { title: 'Invalid type' },
        });
      }
    }
  });

const DOCUMENTED = { type: ['object', 'null'], additionalProperties: true };

/**
 * Attributes by name. `null` and PHP's empty list both mean none sent. A name `__proto__` is refused: as data it is
 * harmless, but no consumer of an effect should have to know that.
 */
export const attributes = sent
  .optional()
  .transform((value): Attributes | undefined => (isPlain(value) ? (value as Attributes) : undefined))
  .meta({ documented: DOCUMENTED });

const NO_ATTRIBUTE = { message: 'expected at least one attribute', params: { title: 'required' } };

/** The same, where none at all is a mistake. */
export const someAttributes = z
  .custom<z.input<typeof sent>>((value) => value !== undefined, { ...NO_ATTRIBUTE, abort: true })
  .pipe(sent.refine((value) => isPlain(value) && Object.keys(value).length > 0, NO_ATTRIBUTE))
  .transform((value) => value as Attributes)
  .meta({ documented: { type: 'object', additionalProperties: true } });

const NO_TIME = 'expected an RFC 3339 date and time';
const instant = z.iso.datetime({ offset: true, error: NO_TIME });

/** Whether a value is a point in time as attributes hold it: RFC 3339 with any offset and precision. */
export const isTime = (value: unknown): value is string => instant.safeParse(value).success;

/**
 * An optional point in time, RFC 3339 with any offset and precision. Go's unset date (year 1), `""`, zero and negative
 * numbers mean none (semantics.md §2.2). Refused where UTC has no four-digit year for it: no client could read it back.
 */
export const time = z
  .union([z.literal(''), z.number().max(0), instant], { error: NO_TIME })
  .nullish()
  .transform((sent, context): Date | undefined => {
    if (!sent || typeof sent === 'number' || sent.startsWith('0001-01-01')) return undefined;
    const date = new Date(sent);
    if (date.toISOString().length === 24) return date;
    context.issues.push({ code: 'custom', message: 'not within the years 0 to 9999 in UTC', input: sent });
    return z.NEVER;
  })
  .meta({ documented: { type: ['string', 'null'], format: 'date-time' } });

/** An identifier that the caller chose: 1 to 1000 characters, compared byte for byte (semantics.md I1–I3). */
export const integrationId = wellFormed(z.string().min(1).max(1000));

/** The largest number of rows that one request may bring (semantics.md §2). */
export const MAX_ROWS = 1000;

/** Identifiers of as many customers, each any number of times. */
export const integrationIds = z.array(integrationId).max(MAX_ROWS);

/** A code as part of a path. Longer than any code that exists, so that a wrong one is unknown and not malformed. */
export const codeInPath = wellFormed(z.string().min(1).max(1000));

/** An optional reference to a profile; empty means none (semantics.md I3). */
export const profileReference = wellFormed(z.string().max(1000));
