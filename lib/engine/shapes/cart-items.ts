import type { CartItem } from '../../contract/schemas/session.ts';
import type { ItemRecord } from '../records.ts';

/** Cart lines as both ages answer them: with their position. */
export const cartItems = (items: readonly ItemRecord[]): CartItem[] =>
  items.map((item, position) => ({ ...item, position }));
