// The life of one order, told in every order and more than once.

import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { Shop } from '../../../lib/commerce/shops.ts';
import { Model } from './session-api.ts';

export const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

/** Applies the events, each twice: once up to a crash after its first call, once to its end. */
export const play = (events: readonly CommerceEvent[], shop: Shop): Model['api'] => {
  const model = new Model(shop);
  for (const event of events) {
    model.apply(event, 1);
    model.apply(event);
  }
  return model.api;
};
