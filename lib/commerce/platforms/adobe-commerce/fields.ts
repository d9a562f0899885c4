import * as z from 'zod';
import { Instant } from '../../fields.ts';

/** A flag: `1`, `"1"` or `true`. */
export const Flag = z.union([z.boolean(), z.literal([0, 1, '0', '1'])]).transform((value) => Number(value) === 1);

const LOCAL = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;

/** A point in time: the database's own text, which is UTC and does not say so. */
export const Timestamp = z
  .string()
  .transform((text) => text.replace(LOCAL, '$1T$2Z'))
  .pipe(Instant);
