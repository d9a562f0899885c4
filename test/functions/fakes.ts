import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { AnyOperation } from '../../lib/contract/operation.ts';
import type { EngineOperation } from '../../lib/engine/operation.ts';
import { authenticator } from '../../lib/lambda/authenticate.ts';
import { callsWith } from '../../lib/lambda/calls.ts';
import type { HttpAnswer } from '../../lib/lambda/http-answer.ts';
import { type KeyRecord, keyItem } from '../../lib/lambda/keys.ts';
import type { LogFields, Logger } from '../../lib/lambda/logger.ts';
import { type OperationDeps, operationHandler } from '../../lib/lambda/operation-handler.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import type { Snapshot } from '../../lib/promotions/snapshot.ts';
import { segments } from '../../lib/store/segment.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { snapshot, testEngine, watched } from '../support/engine.ts';

/** A store whose clock stands where the engine's does. */
export const memoryStore = (now = () => new Date('2026-06-01T12:00:00Z')): Store =>
  openSqliteStore(':memory:', { now });

export const KEY = 'fefe'.repeat(16);

const TEST_KEY: KeyRecord = { kind: 'apiKey', application: 1, title: 'test', created: '2026-01-01T00:00:00Z' };

/** Seals the keys that sign. */
export const KEY_SECRET = 'a key secret for tests';

/** A logger that keeps its lines. */
export const keptLog = () => {
  const lines: ({ level: string; message: string } & LogFields)[] = [];
  const line = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push({ level, message, ...fields });
  return { lines, log: { info: line('info'), error: line('error') } satisfies Logger };
};

/** A function's context with this much time left. */
export const context = (remaining = 30_000): Context =>
  ({ awsRequestId: 'request-1', getRemainingTimeInMillis: () => remaining }) as unknown as Context;

/** A request as API Gateway hands it over, with a valid key and a JSON body. */
export const request = (over: {
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
}) => ({
  version: '2.0',
  rawPath: '/decoded on AWS, raw here',
  rawQueryString: over.query ?? '',
  headers: { authorization: `ApiKey-v1 ${KEY}`, 'content-type': 'application/json', ...over.headers },
  pathParameters: over.params,
  isBase64Encoded: false,
  ...(over.body !== undefined && { body: typeof over.body === 'string' ? over.body : JSON.stringify(over.body) }),
});

/** A batch of queue messages. */
export const batch = (...bodies: unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index + 1}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { SentTimestamp: String(new Date('2026-06-01T12:00:00Z').getTime()) },
  })),
});

/** What the functions of a stage share. */
export const stage = async ({
  store: given,
  over = {},
  promotions = snapshot(),
  remotes = () => undefined,
}: {
  store?: Store;
  over?: Partial<OperationDeps>;
  promotions?: Snapshot;
  remotes?: Remotes;
} = {}) => {
  // What expires does so by the engine's clock, as in a stage.
  const store = given ?? memoryStore(() => engine.clock.now);
  const engine = testEngine(promotions, watched(store));
  const { lines, log } = keptLog();
  await store.write([{ put: keyItem(1, KEY, TEST_KEY), expect: 'absent' }], randomUUID());
  const deps: OperationDeps = {
    engine: engine.deps,
    authenticate: authenticator({ store, accountId: 1, keySecret: KEY_SECRET, stage: 'test', now: engine.deps.now }),
    maxBodyBytes: 5 * 1024 * 1024,
    calls: callsWith({ engine: engine.deps, remotes }),
    log,
    ...over,
  };
  return { engine, store, lines, deps };
};

/** An operation's function on an engine of its own. */
export const setUp = async <O extends AnyOperation>(
  row: O,
  operation: EngineOperation<O>,
  options: Parameters<typeof stage>[0] = {},
) => {
  const { deps, ...rest } = await stage(options);
  const handler = operationHandler(row, operation, async () => deps);
  return {
    ...rest,
    handler,
    send: async (event: unknown) => {
      const answer = (await handler(event, context())) as HttpAnswer;
      return { ...answer, content: answer.body === undefined ? undefined : JSON.parse(answer.body as string) };
    },
  };
};

/** The session as it is stored. */
export const storedSession = async (store: Store, id = 's1'): Promise<unknown> => {
  const partition = `1/1/session/${segments('test')(id)}`;
  return (await store.get([{ partition, sort: 'session' }]))[0]?.data;
};
