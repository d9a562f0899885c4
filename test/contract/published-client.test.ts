import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCAL_KEY } from '../../lib/lambda/authenticate.ts';
import { freePorts, type Stack, startStack } from '../../lib/tools/stack.ts';

// The client publishes CommonJS without types that TypeScript reads.
const client = createRequire(import.meta.url)('talon_one');

let folder: string;
let stack: Stack;
let api: Record<string, (...args: unknown[]) => Promise<Record<string, unknown>>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-client-'));
  stack = await startStack(folder, await freePorts());
  const connection = new client.ApiClient();
  connection.basePath = `http://127.0.0.1:${stack.ports.http}`;
  connection.authentications.api_key_v1.apiKey = LOCAL_KEY;
  connection.authentications.api_key_v1.apiKeyPrefix = 'ApiKey-v1';
  api = new client.IntegrationApi(connection);
}, 60_000);

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const failure = async (call: Promise<unknown>): Promise<{ status: number; body: Record<string, unknown> }> => {
  try {
    await call;
  } catch (error) {
    const { status, response } = error as { status: number; response: { body: Record<string, unknown> } };
    return { status, body: response.body };
  }
  throw new Error('the call was expected to fail');
};

const AWKWARD = 'Zoë / 100 % + é 🎁';

test('updates a profile and reads it back', async () => {
  const body = client.CustomerProfileIntegrationRequestV2.constructFromObject({
    attributes: { Name: 'Ann' },
    responseContent: ['customerProfile'],
  });
  const state = await api.updateCustomerProfileV2?.('ann', body);
  expect(state).toMatchObject({ effects: [], customerProfile: { integrationId: 'ann', attributes: { Name: 'Ann' } } });
});

test('updates a session and gets the effects of its code', async () => {
  const body = client.IntegrationRequest.constructFromObject({
    customerSession: {
      profileId: 'ann',
      couponCodes: ['summer-0001'],
      cartItems: [
        { name: 'Tea', sku: 'tea', quantity: 1, price: 0.1 },
        { name: 'Pot', sku: 'pot', quantity: 1, price: 59.9 },
      ],
    },
    responseContent: ['customerSession', 'coupons'],
  });
  const state = await api.updateCustomerSessionV2?.('cart-1', body);
  expect(state).toMatchObject({
    effects: [
      { effectType: 'acceptCoupon', props: { value: 'SUMMER-0001' } },
      { effectType: 'setDiscount', props: { name: '10% off', value: 6 } },
    ],
    customerSession: { integrationId: 'cart-1', profileId: 'ann', state: 'open', total: 60 },
    coupons: [{ value: 'SUMMER-0001', usageCounter: 0, usageLimit: 1 }],
  });
});

test('carries ids of any characters through the path', async () => {
  const body = client.IntegrationRequest.constructFromObject({
    customerSession: { profileId: AWKWARD, cartItems: [] },
    responseContent: ['customerSession', 'customerProfile'],
  });
  const state = await api.updateCustomerSessionV2?.(AWKWARD, body);
  expect(state).toMatchObject({
    customerSession: { integrationId: AWKWARD },
    customerProfile: { integrationId: AWKWARD },
  });
});

test('creates a referral of its campaign', async () => {
  const body = client.NewReferral.constructFromObject({ campaignId: 3, advocateProfileIntegrationId: 'ann' });
  const referral = await api.createReferral?.(body);
  expect(referral).toMatchObject({
    campaignId: 3,
    advocateProfileIntegrationId: 'ann',
    usageCounter: 0,
    usageLimit: 1,
  });
  expect(referral?.code).toMatch(/^FRIEND-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
});

test('records an event in a session', async () => {
  const body = client.NewEvent.constructFromObject({ type: 'seen', sessionId: 'cart-1', attributes: { page: '/tea' } });
  const state = await api.trackEvent?.(body);
  expect(state).toMatchObject({ event: { type: 'seen', sessionId: 'cart-1' }, session: { integrationId: 'cart-1' } });
});

test('deletes a customer once, and is told when there is none', async () => {
  await api.deleteCustomerData?.('ann');
  expect(await failure(api.deleteCustomerData?.('ann') as Promise<unknown>)).toMatchObject({
    status: 404,
    body: { StatusCode: 404 },
  });
});

test('is told every fault at once', async () => {
  const body = { customerSession: { state: 'lost', cartItems: [{ name: '', sku: 'x', quantity: 0, price: -1 }] } };
  const { status, body: answer } = await failure(api.updateCustomerSessionV2?.('cart-2', body) as Promise<unknown>);
  expect(status).toBe(400);
  const pointers = (answer.errors as { source: { pointer: string } }[]).map(({ source }) => source.pointer);
  expect(pointers.sort()).toEqual([
    '/customerSession/cartItems/0/name',
    '/customerSession/cartItems/0/price',
    '/customerSession/cartItems/0/quantity',
    '/customerSession/state',
  ]);
});

test('is refused with a wrong key', async () => {
  const connection = new client.ApiClient();
  connection.basePath = `http://127.0.0.1:${stack.ports.http}`;
  connection.authentications.api_key_v1.apiKey = 'f'.repeat(64);
  connection.authentications.api_key_v1.apiKeyPrefix = 'ApiKey-v1';
  const stranger = new client.IntegrationApi(connection);
  expect(await failure(stranger.deleteCustomerData('ann'))).toMatchObject({ status: 401, body: { StatusCode: 401 } });
});

test.each([
  ['an operation that is newer', 'GET', '/v2/customer_sessions/a%2Fb', 501, null],
  ['a method that the path does not have', 'DELETE', '/v2/customer_sessions/a%2Fb', 405, 'PUT'],
  ['a call whose id is empty', 'DELETE', '/v1/customer_data/', 404, null],
  ['a path that nobody knows', 'PUT', '//nothing/50%25?dry=true', 404, null],
])('is told in the form of the API of %s', async (_what, method, path, status, allow) => {
  const response = await fetch(`http://127.0.0.1:${stack.ports.http}${path}`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
  expect(await response.json()).toMatchObject({ message: expect.any(String), StatusCode: status });
});
