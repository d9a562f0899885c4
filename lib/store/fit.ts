import { prepare } from './prepare.ts';
import { type Change, ItemTooLargeError } from './store.ts';

/**
 * Whether a store takes these changes in one write, as far as their bytes go. Pure: asks no store.
 *
 * @throws Error for changes that only a mistake in the program makes, as `write` does.
 */
export const fit = (changes: readonly Change[]): boolean => {
  try {
    prepare(changes);
    return true;
  } catch (error) {
    if (error instanceof ItemTooLargeError) return false;
    throw error;
  }
};
