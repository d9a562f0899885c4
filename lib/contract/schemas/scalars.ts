import * as z from 'zod';
import type { Attributes } from '../wire.ts';

/** A point in time in an answer: RFC 3339; servers send up to nine fractional digits. */
export const timestamp = z.iso.datetime({ offset: true });

/** An internal id; answers keep it within int32 (design.md decision 11). */
export const id = z.int();

/** Attributes in an answer. */
export const attributesOut = z.record(
  z.string(),
  z.custom<Attributes[string]>((value) => value !== undefined),
);
