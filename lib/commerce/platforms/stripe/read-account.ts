import type * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { type ApiRead, readApi } from '../../platform-api.ts';
import { listOf } from './fields.ts';

/** Answers keep the form of this version, whatever the account's own is. */
const API_VERSION = '2024-06-20';

/** Reads one thing of the shop's account. @throws as `readApi` does. */
export const readAccount = async <T>(request: Omit<ApiRead<T>, 'headers'>, context: CompleteContext): Promise<T> => {
  const headers = { authorization: `Bearer ${context.apiSecret}`, 'stripe-version': API_VERSION };
  const { content } = await readApi({ ...request, headers }, context);
  return content;
};

/** The query that has these fields answered whole instead of by id. */
export const expanded = (...fields: readonly string[]): Record<string, string> =>
  Object.fromEntries(fields.map((field, index) => [`expand[${index}]`, field]));

/** As many as the API gives at once. */
const PAGE_SIZE = 100;

/** Twice as many lines as a session takes: what is not read any more would be refused all the same. */
const MAX_PAGES = 20;

interface Page<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
}

/** Where a list is read. */
export interface ListRequest<S extends z.ZodType<{ readonly id: string }>>
  extends Omit<ApiRead<never>, 'headers' | 'read'> {
  readonly item: S;
}

/**
 * Reads the rest of a list of which some was answered before, or the whole of one of which nothing was.
 *
 * @throws as `readApi` does.
 */
export const wholeList = async <S extends z.ZodType<{ readonly id: string }>>(
  { item, query, ...request }: ListRequest<S>,
  context: CompleteContext,
  begun: Page<z.output<S>> = { data: [], has_more: true },
): Promise<z.output<S>[]> => {
  const read = reader(listOf(item));
  const items = [...begun.data];
  let more = begun.has_more;
  for (let page = 0; more && page < MAX_PAGES; page++) {
    const last = items.at(-1)?.id;
    const place = { limit: String(PAGE_SIZE), ...(last !== undefined && { starting_after: last }) };
    const next = await readAccount({ ...request, query: { ...query, ...place }, read }, context);
    items.push(...next.data);
    more = next.has_more && next.data.length > 0;
  }
  return items;
};
