// The parts of a listing that both stores share: page sizes and the text that continues a listing.

import { LIMITS } from './store.ts';

/** Items of a page: 100 by default and at most. @throws Error for anything but 1 to 100. */
export const pageLimit = (limit: number = LIMITS.keysPerGet): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.keysPerGet) {
    throw new Error(`limit is not a whole number from 1 to ${LIMITS.keysPerGet}: ${limit}`);
  }
  return limit;
};

/** The text that continues a listing after the item at this place. */
export const toCursor = (place: readonly string[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place that {@link toCursor} wrote, of `length` parts. @throws Error when the text is not one of ours. */
export const fromCursor = (cursor: string, length: number): string[] => {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    place = undefined;
  }
  if (Array.isArray(place) && place.length === length && place.every((part) => typeof part === 'string')) return place;
  throw new Error('from is not the next of such a query');
};
