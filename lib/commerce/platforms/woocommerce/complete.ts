import { digestOf } from '../../digest.ts';
import { UnusableEventError } from '../../errors.ts';
import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { readApi } from '../../platform-api.ts';
import { cartOf, isDraft, linesOf, orderOf, readOrder } from './order.ts';
import { assertLinks } from './own.ts';
import { readRefunds, returnsOf } from './refunds.ts';

/** What can be read. A customer comes thin only when their account was deleted: there is nothing left to read. */
const RESOURCE = /^order\/(\d{1,20})$/;

/** The most that one list answers. */
const PAGE_SIZE = 100;

/**
 * Reads the order that a thin event names, as it is now, with the lines of its refunds: one with refunds, and one that was
 * put into the trash. The API's secret is a REST API key that may read: `ck_…:cs_…`.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does;
 * UnauthorizedError when the API is another shop's.
 */
export const complete = async (
  { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const [, order] = RESOURCE.exec(resource) ?? [];
  if (order === undefined) return [];
  const request = {
    params: { id: order },
    headers: { authorization: `Basic ${Buffer.from(context.apiSecret).toString('base64')}` },
  };
  const { content, digest } = await readApi(
    { ...request, path: '/wp-json/wc/v3/orders/{id}', read: readOrder },
    context,
  );
  assertLinks(content, context.shop);
  const updatedAt = content.date_modified_gmt;
  if (isDraft(content)) {
    return [{ id, shop, type: 'cart', version: { updatedAt, digest }, cart: cartOf(content, context) }];
  }
  const refunds = await readApi(
    {
      ...request,
      path: '/wp-json/wc/v3/orders/{id}/refunds',
      query: { per_page: String(PAGE_SIZE) },
      read: readRefunds,
    },
    context,
  );
  if (refunds.content.length >= PAGE_SIZE) {
    throw new UnusableEventError(`An order has ${PAGE_SIZE} refunds or more: settle its promotions by hand`);
  }
  const returns = returnsOf(refunds.content, linesOf(content, context.shop));
  const version = { updatedAt, digest: digestOf([digest, refunds.digest]) };
  return [{ id, shop, type: 'order', version, order: orderOf(content, returns, context) }];
};
