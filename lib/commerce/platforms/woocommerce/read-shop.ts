import { UnusableEventError } from '../../errors.ts';
import type { CompleteContext } from '../../platform.ts';
import { type ApiAnswer, type ApiRead, readApi } from '../../platform-api.ts';
import { readRefunds } from './refunds.ts';

/** Reads one thing of the shop's REST API; its secret is a key that may read: `ck_…:cs_…`. @throws as `readApi` does. */
export const readShop = <T>(request: Omit<ApiRead<T>, 'headers'>, context: CompleteContext): Promise<ApiAnswer<T>> =>
  readApi(
    {
      ...request,
      path: `/wp-json/wc/v3${request.path}`,
      headers: { authorization: `Basic ${Buffer.from(context.apiSecret).toString('base64')}` },
    },
    context,
  );

/** The most that one list answers. */
const MOST_REFUNDS = 100;

/** The refunds of an order, with their lines. @throws as `readApi` does; UnusableEventError when there are too many. */
export const refundsFor = async (id: string, context: CompleteContext): Promise<ApiAnswer<Refunds>> => {
  const query = { per_page: String(MOST_REFUNDS) };
  const refunds = await readShop({ path: '/orders/{id}/refunds', params: { id }, query, read: readRefunds }, context);
  if (refunds.content.length >= MOST_REFUNDS) {
    throw new UnusableEventError(`An order has ${MOST_REFUNDS} refunds or more: settle its promotions by hand`);
  }
  return refunds;
};
type Refunds = ReturnType<typeof readRefunds>;
