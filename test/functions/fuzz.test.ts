import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnauthorizedError } from '../../lib/contract/errors.ts';
import { updateCustomerSessionV2 as row } from '../../lib/contract/operations/sessions.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { inboxHandler } from '../../lib/lambda/inbox-handler.ts';
import { outboxHandler } from '../../lib/lambda/outbox-handler.ts';
import { sweepHandler } from '../../lib/lambda/sweep-handler.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';
import { ENGINE, snapshot, testEngine } from '../support/engine.ts';
import { fakeQueue, inbox, memoryStore, NOW, publishing, segment, shops } from '../unit/inbox/fakes.ts';
import { context, KEY, keptLog, setUp } from './fakes.ts';

const text = fc.oneof(fc.string(), fc.json(), fc.base64String());
const field = fc.oneof(fc.jsonValue(), text);

const httpEvents = fc.record(
  {
    rawPath: field,
    rawQueryString: field,
    queryStringParameters: field,
    headers: fc.oneof(
      field,
      fc.record({
        authorization: fc.oneof(text, fc.constant(`ApiKey-v1 ${KEY}`)),
        'content-type': fc.constant('application/json'),
      }),
    ),
    pathParameters: fc.oneof(field, fc.record({ customerSessionId: text }), fc.record({ shop: fc.constant('demo') })),
    body: fc.oneof(field, fc.constant('{"customerSession":{}}')),
    isBase64Encoded: fc.oneof(fc.boolean(), field),
  },
  { requiredKeys: ['rawPath'] },
);

const record = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      messageId: fc.oneof(fc.uuid(), field),
      body: fc.oneof(
        field,
        fc.jsonValue().map((value) => JSON.stringify({ application: 1, params: value, body: value })),
      ),
      attributes: fc.oneof(field, fc.record({ MessageGroupId: fc.constantFrom('a', 'b'), SentTimestamp: text })),
    },
    { requiredKeys: [] },
  ),
);
const batches = fc.record({ Records: fc.array(record, { maxLength: 10 }) });

const events = fc.oneof(fc.jsonValue(), httpEvents, batches);

const idsOf = (event: unknown): unknown[] =>
  ((event as { Records?: unknown } | null)?.Records as { messageId?: unknown }[] | undefined)?.map?.(
    (each) => each?.messageId,
  ) ?? [];

/** Whatever comes in: an answer of the trigger's own kind. */
const wellFormed = (event: unknown, answer: unknown) => {
  const { statusCode, body, headers, batchItemFailures } = answer as Record<string, unknown>;
  if (batchItemFailures !== undefined) {
    const failed = (batchItemFailures as { itemIdentifier: string }[]).map(({ itemIdentifier }) => itemIdentifier);
    expect(new Set(failed).size).toBe(failed.length);
    for (const id of failed) expect(idsOf(event)).toContain(id);
    return;
  }
  expect([200, 400, 401, 404, 409, 413, 415]).toContain(statusCode);
  if (headers !== undefined && body !== undefined) {
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(() => JSON.parse(body as string)).not.toThrow();
  }
};

test('an operation answers any event, and what it answers is well formed', async () => {
  const { handler } = await setUp(row, updateCustomerSessionV2);
  await fc.assert(
    fc.asyncProperty(events, async (event) => wellFormed(event, await handler(event, context()))),
    { numRuns: 500 },
  );
});

test('a webhook answers any event, signed or not', async () => {
  const deps = {
    shops: shops(),
    secrets: { get: async () => ['secret'] },
    inbox: fakeQueue(),
    segment,
    maxBodyBytes: 1_000,
    now: () => NOW,
    fetch,
    log: keptLog().log,
  };
  const authenticate = async ({ body }: { body: Uint8Array }) => {
    if (body.length % 2 === 1) throw new UnauthorizedError();
  };
  const handler = webhookHandler({ name: 'shopify', authenticate, interpret: () => [] }, async () => deps);
  await fc.assert(
    fc.asyncProperty(
      events.filter((event) => event !== null),
      async (event) => wellFormed(event, await handler(event, context())),
    ),
    { numRuns: 500 },
  );
});

test('the queue functions answer any event, naming only ids that it holds', async () => {
  const { deps } = inbox();
  const store = memoryStore();
  const { log } = keptLog();
  const handlers = [
    inboxHandler(ENGINE, new Map(), async () => deps),
    outboxHandler(async () => ({ ...publishing({ store }), log })),
  ];
  await fc.assert(
    fc.asyncProperty(events, async (event) => {
      for (const handler of handlers) {
        const answer = await handler(event, context());
        expect(answer.batchItemFailures).toBeDefined();
        wellFormed(event, answer);
      }
    }),
    { numRuns: 300 },
  );
});

test('the sweep does not care what fires it', async () => {
  const engine = testEngine(snapshot(), memoryStore()).deps;
  const handler = sweepHandler([], async () => ({ engine, hints: fakeQueue(), log: keptLog().log }));
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (event) => {
      expect(await handler(event)).toEqual({ outcome: 'swept', count: 0 });
    }),
    { numRuns: 20 },
  );
});
