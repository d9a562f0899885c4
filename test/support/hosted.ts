import type { ServerResponse } from 'node:http';
import { caller } from '../../lib/client/call.ts';
import type { ClientOptions } from '../../lib/client/options.ts';
import { readRemotes } from '../../lib/commerce/applications.ts';
import type { AnyOperation } from '../../lib/contract/operation.ts';
import { type OperationId, operations } from '../../lib/contract/operations/table.ts';
import type { EngineOperation } from '../../lib/engine/operation.ts';
import type { HttpAnswer } from '../../lib/lambda/http-answer.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';
import { type Remotes, remotesOf } from '../../lib/lambda/remotes.ts';
import type { Snapshot } from '../../lib/promotions/snapshot.ts';
import { context, KEY, request, stage } from '../functions/fakes.ts';
import { ENGINE } from './engine.ts';
import { type Answer, type Received, testServer } from './http-server.ts';

/** What becomes of a request: it is applied and answered, applied with its answer lost, or answered so unseen. */
type Fate = 'answered' | 'lost' | Answer;

const ROUTES = Object.entries(operations).map(([id, row]: [string, AnyOperation]) => ({
  row,
  operation: ENGINE[id as OperationId] as EngineOperation<AnyOperation>,
  pattern: new RegExp(`^${row.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/**
 * A hosted account: the functions of another stage, with another engine, behind HTTP on 127.0.0.1 until the test is over.
 * Its Application 1 has the tests' key.
 */
export const hostedAccount = async (promotions?: Snapshot) => {
  const { deps, engine, lines } = await stage({ ...(promotions && { promotions }) });
  const fates: Fate[] = [];

  const answerOf = async ({ method, url, headers, body }: Received): Promise<HttpAnswer> => {
    const { pathname, search } = new URL(url, 'http://hosted');
    const route = ROUTES.find(({ row, pattern }) => row.method === method && pattern.test(pathname));
    if (!route) throw new Error(`no route for ${method} ${pathname}`);
    const { row, operation, pattern } = route;
    const found = Object.entries(pattern.exec(pathname)?.groups ?? {});
    const params = Object.fromEntries(found.map(([name, value]) => [name, decodeURIComponent(value)]));
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const event = { ...request({ params, query: search.slice(1), body }), headers: sent };
    return (await operationHandler(row, operation, async () => deps)(event, context())) as HttpAnswer;
  };

  const answer = async (response: ServerResponse, received: Received, index: number): Promise<void> => {
    const fate = fates.shift() ?? 'answered';
    if (typeof fate === 'function') return fate(response, received, index);
    const { statusCode, headers, body } = await answerOf(received);
    if (fate === 'lost') response.destroy();
    else response.writeHead(statusCode, headers).end(body);
  };
  const server = await testServer((response, received, index) => void answer(response, received, index));

  return {
    engine,
    lines,
    server,
    /** What becomes of the next requests, in their order; of further ones: `answered`. */
    fates,
    /** The Applications that this account answers for, asked with a key by a client that does not wait. */
    remotes: (options: Partial<ClientOptions> = {}, key = KEY, applications: readonly number[] = [1]): Remotes =>
      remotesOf({
        remotes: readRemotes({
          applications: Object.fromEntries(applications.map((id) => [id, { remote: { secret: 'remote/key' } }])),
        }),
        secrets: async () => ({ get: async (names) => names.map(() => key) }),
        defaultUrl: server.url,
        connect: async (url, apiKey) => caller({ url, credentials: { apiKey }, pause: async () => {}, ...options }),
      }),
  };
};
