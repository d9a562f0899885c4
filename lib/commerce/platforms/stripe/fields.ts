import * as z from 'zod';

/** An object's id: `cs_test_a1…`, `in_1N…`. */
export const idOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[A-Za-z0-9_]{1,250}$`), `expected an id that begins with ${prefix}_`);

/** What an object hangs on: its id, or the object itself where it was expanded. */
export const referenceTo = (prefix: string) =>
  z.union([idOf(prefix), z.object({ id: idOf(prefix) }).transform(({ id }) => id)]);

/** One page of a list. */
export const listOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), has_more: z.boolean() });
