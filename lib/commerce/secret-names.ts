import * as z from 'zod';

/**
 * The names of secrets that sign: the current one, then the previous one during a rotation. One that is named twice is no
 * rotation: another was meant.
 *
 * @param name what a name must be.
 */
export const secretNames = (name: z.ZodString) =>
  z
    .array(name)
    .max(2)
    .refine(
      (names) => new Set(names).size === names.length,
      'names the same secret twice: name it once, or during a rotation the new one and the previous one',
    );
