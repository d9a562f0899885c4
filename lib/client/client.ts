import type { AnyOperation, Output, Request } from '../contract/operation.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import type { AnyRequest } from './build.ts';
import { type AnyCaller, type ClientCall, caller } from './call.ts';
import type { ClientOptions } from './options.ts';

export type { ClientCall } from './call.ts';

type Empty = Record<never, never>;

/** A request of a row; its `params`, `query` and `body` may each be left out where the row demands nothing of them. */
export type ClientRequest<O extends AnyOperation> = {
  readonly [Part in keyof Request<O> as Empty extends Request<O>[Part] ? never : Part]: Request<O>[Part];
} & {
  readonly [Part in keyof Request<O> as Empty extends Request<O>[Part] ? Part : never]?: Request<O>[Part];
};

/** The Integration API of another server: a method for every row of the table. It can stand wherever `IntegrationApi` does. */
export type Client = {
  readonly [Id in OperationId]: (
    request: ClientRequest<(typeof operations)[Id]>,
    call?: ClientCall,
  ) => Promise<Output<(typeof operations)[Id]>>;
};

/**
 * Calls any server that speaks the Integration API, over connections that are kept.
 *
 * Each method answers with the body of the row's success, checked against its schema, and throws an `ApiError` for all
 * else; `error.upstream` names the call by verb, path and status. What is sent again and when: `RULES` in retry.ts.
 *
 * @example
 * const api = createClient({ url: 'http://localhost:3000', credentials: { apiKey } });
 * const { effects } = await api.updateCustomerSessionV2({
 *   params: { customerSessionId: 'cart-1' },
 *   body: { customerSession: { profileId: 'ann', couponCodes: ['SUMMER-0001'] } },
 * });
 *
 * @throws ConfigurationError for options that cannot work.
 */
export const createClient = (options: ClientOptions): Client => {
  const call: AnyCaller = caller(options);
  const methods = Object.entries(operations).map(([id, row]) => [
    id,
    ({ params = {}, query = {}, body }: Partial<AnyRequest> = {}, about?: ClientCall) =>
      call(row, { params, query, body }, about),
  ]);
  return Object.fromEntries(methods) as Client;
};
