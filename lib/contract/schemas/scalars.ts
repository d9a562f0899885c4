import * as z from 'zod';
import type { Attributes } from '../wire.ts';

/** What a document may say of a value beside its type. */
interface Promised {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly 'x-known-values'?: readonly string[];
}

/**
 * A value of an answer that keeps within limits. The document promises them; they are not checked, because what has been
 * done must not be lost over an answer that is a little larger.
 */
export const promised = <T extends z.ZodType>(schema: T, limits: Promised): T => schema.meta({ ...limits });

/**
 * A word of an answer: one of those that the documents know, or one that came later. A newer server's answer must not be
 * refused over a word, for what it tells of has been done.
 */
export const word = <const W extends readonly string[]>(known: W) =>
  z
    .custom<W[number] | (string & Record<never, never>)>((value) => typeof value === 'string', 'expected a text')
    .meta({ documented: { type: 'string', enum: known } });

/** How often a code may be used; 0 is unlimited. */
export const usageLimit = promised(z.int(), { minimum: 0, maximum: 999_999 });

/** A text that is not empty. */
export const text = promised(z.string(), { minLength: 1 });

/** A code as it was sent. */
export const sentCode = promised(z.string(), { maxLength: 100 });

/** A point in time in an answer: RFC 3339; servers send up to nine fractional digits. */
export const timestamp = z.iso.datetime({ offset: true });

/** An internal id; answers keep it within int32 (design.md decision 11). */
export const id = z.int();

/** Attributes in an answer. */
export const attributesOut = z.record(
  z.string(),
  z.custom<Attributes[string]>((value) => value !== undefined),
);
