import * as z from 'zod';
import { Instant } from '../../fields.ts';

/** An id: a number or its digits, without any rule (commerce-platforms.md §5). */
export const Id = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,19}$/)], { error: 'expected an id of digits' })
  .transform(String);

/** An id, where 0 and the empty text stand for none. */
export const OptionalId = z
  .union([z.literal([0, '0', '']).transform(() => undefined), Id])
  .nullish()
  .transform((id) => id ?? undefined);

/** A flag: `1`, `"1"` or `true`. */
export const Flag = z.union([z.boolean(), z.literal([0, 1, '0', '1'])]).transform((value) => Number(value) === 1);

const LOCAL = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;

/** A point in time: the database's own text, which is UTC and does not say so. */
export const Timestamp = z
  .string()
  .transform((text) => text.replace(LOCAL, '$1T$2Z'))
  .pipe(Instant);
