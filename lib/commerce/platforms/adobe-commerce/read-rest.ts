import type { CompleteContext } from '../../platform.ts';
import { type ApiAnswer, type ApiRead, readApi } from '../../platform-api.ts';

/** Reads one thing of the shop's REST API; its secret is an integration's token. @throws as `readApi` does. */
export const readRest = <T>(request: Omit<ApiRead<T>, 'headers'>, context: CompleteContext): Promise<ApiAnswer<T>> =>
  readApi(
    { ...request, path: `/rest/V1${request.path}`, headers: { authorization: `Bearer ${context.apiSecret}` } },
    context,
  );

/** A condition of a search: field, condition type, value. */
export type Condition = readonly [field: string, type: 'eq' | 'gt' | 'gteq', value: string];

/** The query of a search for what meets every condition. */
export const searchFor = (
  conditions: readonly Condition[],
  pageSize: number,
  sortedBy?: string,
): Record<string, string> => ({
  ...Object.fromEntries(
    conditions.flatMap(([field, type, value], index) => {
      const filter = `searchCriteria[filter_groups][${index}][filters][0]`;
      return [
        [`${filter}[field]`, field],
        [`${filter}[value]`, value],
        ...(type === 'eq' ? [] : [[`${filter}[condition_type]`, type]]),
      ];
    }),
  ),
  ...(sortedBy !== undefined && {
    'searchCriteria[sortOrders][0][field]': sortedBy,
    'searchCriteria[sortOrders][0][direction]': 'ASC',
  }),
  'searchCriteria[pageSize]': String(pageSize),
});
