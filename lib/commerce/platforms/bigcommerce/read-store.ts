import * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { type ApiRead, readApi } from '../../platform-api.ts';

/** Reads one thing of the shop's own store. @throws as `readApi` does. */
export const readStore = async <T>(
  { path, params, ...rest }: Omit<ApiRead<T>, 'headers'>,
  context: CompleteContext,
): Promise<T> => {
  const { content } = await readApi(
    {
      ...rest,
      path: `/stores/{storeHash}${path}`,
      params: { ...params, storeHash: context.shop.shopId },
      headers: { 'x-auth-token': context.apiSecret },
    },
    context,
  );
  return content;
};

/** As many as the API gives at once. */
const PAGE_SIZE = 250;

/** Five times as many lines as a session takes: what is not read any more would be refused all the same. */
const MAX_PAGES = 20;

/** Reads a whole list of version 2, page by page. An empty page is answered without a body. @throws as `readApi` does. */
export const readPages = async <T extends z.ZodType>(
  path: `/${string}`,
  params: Readonly<Record<string, string>>,
  item: T,
  context: CompleteContext,
): Promise<z.output<T>[]> => {
  const read = reader(z.array(item).default([]));
  const items: z.output<T>[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = { limit: String(PAGE_SIZE), page: String(page) };
    const found = await readStore({ path, params, query, read }, context);
    items.push(...found);
    if (found.length < PAGE_SIZE) break;
  }
  return items;
};
