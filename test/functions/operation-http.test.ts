import { expect, test } from 'vitest';
import { deleteCustomerData as deleteRow } from '../../lib/contract/operations/customer-data.ts';
import { trackEvent as eventRow } from '../../lib/contract/operations/events.ts';
import { updateCustomerProfileV2 as profileRow } from '../../lib/contract/operations/profiles.ts';
import { updateCustomerSessionV2 as sessionRow } from '../../lib/contract/operations/sessions.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';
import { cart } from '../support/engine.ts';
import { context, memoryStore, request, setUp, storedSession } from './fakes.ts';

const session = (customerSession: object = { cartItems: cart(60) }) => ({
  customerSession,
  responseContent: ['customerSession'],
});

const sessions = () => setUp(sessionRow, updateCustomerSessionV2);

const put = (over: Parameters<typeof request>[0] = {}) =>
  request({ params: { customerSessionId: 's1' }, body: session(), ...over });

test('a session is updated and answered as JSON', async () => {
  const { send, lines } = await sessions();
  const answer = await send(put());
  expect(answer).toMatchObject({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    content: { customerSession: { integrationId: 's1', total: 60, applicationId: 1 } },
  });
  expect(lines).toEqual([
    {
      level: 'info',
      message: 'request',
      requestId: 'request-1',
      operation: 'updateCustomerSessionV2',
      application: 1,
      status: 200,
      outcome: 'answered',
    },
  ]);
});

test.each(['a b', 'a/b', '50%', 'a%2Fb', 'a+b', 'Zoë 世界 😀', 'x'.repeat(1000)])(
  'an id comes back as it was sent: %s',
  async (id) => {
    const { send } = await sessions();
    const { content } = await send(put({ params: { customerSessionId: id } }));
    expect(content.customerSession.integrationId).toBe(id);
  },
);

test('a body in base64 is read as its bytes', async () => {
  const { send } = await sessions();
  const event = put();
  const body = Buffer.from(event.body ?? '').toString('base64');
  expect(await send({ ...event, body, isBase64Encoded: true })).toMatchObject({ statusCode: 200 });
});

test.each([
  ['true', true],
  ['1', true],
  ['0', false],
  ['', false],
])('dry=%s is %s', async (dry, isDry) => {
  const { send, store } = await sessions();
  expect(await send(put({ query: `dry=${dry}` }))).toMatchObject({ statusCode: 200 });
  expect((await storedSession(store)) === undefined).toBe(isDry);
});

test('every fault of a request is named at once, and nothing is stored', async () => {
  const setting = await sessions();
  const answer = await setting.send(
    put({
      params: { customerSessionId: '' },
      query: 'dry=perhaps',
      body: session({ state: 'done', cartItems: [{ name: 'x', sku: 'y', quantity: 1.5, price: '1' }] }),
    }),
  );
  expect(answer).toMatchObject({ statusCode: 400, content: { message: 'The submitted data was invalid' } });
  expect(answer.content.errors.map(({ source }: { source: object }) => source)).toEqual([
    { parameter: 'customerSessionId' },
    { parameter: 'dry' },
    { pointer: '/customerSession/state' },
    { pointer: '/customerSession/cartItems/0/quantity' },
    { pointer: '/customerSession/cartItems/0/price' },
  ]);
  expect(answer.content.StatusCode).toBeUndefined();
  expect(await storedSession(setting.store)).toBeUndefined();
});

const noUtf8 = {
  body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64'),
  isBase64Encoded: true,
};

test.each([
  ['malformed JSON', put({ body: '{"customerSession":' }), 400, 'Invalid JSON'],
  ['deep nesting', put({ body: '['.repeat(100_000) }), 400, 'Invalid JSON'],
  ['a key __proto__', put({ body: '{"customerSession":{"__proto__":{"state":"closed"}}}' }), 400, 'Invalid JSON'],
  ['no UTF-8', { ...put(), ...noUtf8 }, 400, 'Invalid JSON'],
  ['no body', put({ body: '' }), 400, 'required'],
  ['a list', put({ body: '[]' }), 400, 'Invalid type'],
  ['an unknown state', put({ body: session({ state: 'returned' }) }), 400, 'enum'],
  [
    '1001 cart items',
    put({ body: session({ cartItems: Array.from({ length: 1001 }, () => cart(1)[0]) }) }),
    400,
    'maxItems',
  ],
  ['a query parameter sent twice', put({ query: 'dry=true&dry=false' }), 400, undefined],
  ['no path parameters at all', { ...put(), pathParameters: undefined }, 400, 'required'],
  ['a form', put({ headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415, undefined],
  ['no key', put({ headers: { authorization: '' } }), 401, undefined],
  ['a wrong key', put({ headers: { authorization: `ApiKey-v1 ${'00'.repeat(32)}` } }), 401, undefined],
])('%s: a clear answer, and nothing stored', async (_, event, status, title) => {
  const setting = await sessions();
  const answer = await setting.send(event);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers).toEqual({ 'content-type': 'application/json' });
  expect(answer.content.message).toEqual(expect.any(String));
  if (title) expect(answer.content.errors[0].title).toBe(title);
  expect(answer.content.StatusCode).toBe(status === 400 ? undefined : status);
  expect(await storedSession(setting.store)).toBeUndefined();
  // The process is alive and serves the next one.
  expect(await setting.send(put())).toMatchObject({ statusCode: 200 });
});

test('a body over 5 MiB is refused before anybody asks whose it is', async () => {
  const setting = await sessions();
  const body = JSON.stringify(session({ attributes: { note: 'x'.repeat(5 * 1024 * 1024) } }));
  const answer = await setting.send(put({ body, headers: { authorization: 'nonsense' } }));
  expect(answer).toMatchObject({ statusCode: 413, content: { StatusCode: 413 } });
  expect(await storedSession(setting.store)).toBeUndefined();
});

test('who is not known is told nothing of what else is wrong', async () => {
  const { send } = await sessions();
  const { content } = await send(put({ body: '{', headers: { authorization: 'nonsense' } }));
  expect(content).toEqual({ message: expect.stringContaining('Authentication failed'), StatusCode: 401 });
});

test('an illegal move is refused with the words that clients compare', async () => {
  const { send } = await sessions();
  await send(put({ body: session({ cartItems: cart(60), state: 'closed' }) }));
  const { statusCode, content } = await send(put());
  expect(statusCode).toBe(400);
  expect(content.message).toBe('Cannot move session to state "open" from state "closed"');
});

test('an empty body is no JSON error where a row wants none: PHP and Go announce JSON on every method', async () => {
  const { send, engine } = await setUp(deleteRow, deleteCustomerData);
  await engine.profile('ann', { attributes: {} });
  const event = request({ params: { integrationId: 'ann' } });
  const answer = await send({ ...event, body: null });
  expect(answer).toEqual({ statusCode: 204, headers: {}, content: undefined });
  expect(await send(event)).toMatchObject({ statusCode: 404, content: { StatusCode: 404 } });
});

test('a DELETE may carry {}, as Java sends it', async () => {
  const { send, engine } = await setUp(deleteRow, deleteCustomerData);
  await engine.profile('ann', { attributes: {} });
  expect(await send(request({ params: { integrationId: 'ann' }, body: '{}' }))).toMatchObject({ statusCode: 204 });
});

test.each([
  ['no JSON', '{', 'application/json'],
  ['a text', 'hello', 'text/plain'],
  ['a form', 'a=b', 'application/x-www-form-urlencoded'],
  ['too many levels', '['.repeat(100), 'application/json'],
])('a body that is %s says nothing to a row that takes none', async (_, body, type) => {
  const { send, engine } = await setUp(deleteRow, deleteCustomerData);
  await engine.profile('ann', { attributes: {} });
  const event = request({ params: { integrationId: 'ann' }, body, headers: { 'content-type': type } });
  expect(await send(event)).toMatchObject({ statusCode: 204 });
});

test('rows that answer 201 do, and those that repeat the status in a 400 do', async () => {
  const events = await setUp(eventRow, trackEvent);
  const body = { type: 'visited', attributes: {}, sessionId: 's1' };
  expect(await events.send(request({ body }))).toMatchObject({ statusCode: 201 });
  const profiles = await setUp(profileRow, updateCustomerProfileV2);
  const answer = await profiles.send(request({ params: { integrationId: 'ann' }, body: { attributes: 7 } }));
  expect(answer).toMatchObject({ statusCode: 400, content: { StatusCode: 400 } });
});

test('what nobody foresaw is a 500 that says nothing, and a log line that says all but the body', async () => {
  const store = memoryStore();
  const { send, lines } = await setUp(sessionRow, updateCustomerSessionV2, {
    store: {
      ...store,
      get: (keys) => (keys[0]?.sort === 'session' ? Promise.reject(new Error('the disk is full')) : store.get(keys)),
    },
  });
  const answer = await send(put({ body: session({ attributes: { note: 'a private note' } }) }));
  expect(answer).toMatchObject({ statusCode: 500, content: { StatusCode: 500 } });
  expect(answer.body).not.toMatch(/disk|stack|Error:/);
  expect(lines).toMatchObject([
    { level: 'error', outcome: 'failed', status: 500, error: { message: 'the disk is full' } },
  ]);
  expect(JSON.stringify(lines)).not.toContain('private');
});

test('a function that cannot open what it needs answers as well, over HTTP, from a queue and directly', async () => {
  const written: unknown[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((line: unknown) => written.push(line) > 0) as typeof write;
  try {
    const handler = operationHandler(sessionRow, updateCustomerSessionV2, () =>
      Promise.reject(new Error('STORE is not set')),
    );
    expect(await handler(put(), context())).toMatchObject({
      statusCode: 500,
      headers: { 'content-type': 'application/json' },
    });
    expect(await handler({ Records: [{ messageId: 'm1' }, {}] }, context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(await handler({}, context())).toMatchObject({ statusCode: 500, body: { StatusCode: 500 } });
  } finally {
    process.stdout.write = write;
  }
  expect(written).toHaveLength(3);
  expect(String(written[0])).toContain('STORE is not set');
});
