import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Shop } from '../../shops.ts';

/**
 * Checks the shop's number in an address of a body: one app's secret signs for all of its shops, and what another shop
 * sent is not for this one. An address that names none says nothing.
 *
 * @throws UnauthorizedError
 */
export const assertOwn = (url: string | null | undefined, { shopId }: Shop): void => {
  const named = URL.parse(url ?? '')?.pathname.split('/')[1] ?? '';
  if (/^\d+$/.test(named) && named !== shopId) throw new UnauthorizedError();
};
