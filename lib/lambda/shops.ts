import { readShops, type Shops } from '../commerce/shops.ts';
import { once } from './deps.ts';
import { shopsFile } from './shops-file.ts';

/** The stage's shops, from the compiled file. */
export const openShops = (): Promise<Shops> =>
  once('shops', ['SHOPS_FILE'], async ({ SHOPS_FILE }) => readShops(await shopsFile(SHOPS_FILE)));
