import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../lib/contract/operations/table.ts';
import { LOCAL_KEY } from '../../lib/lambda/authenticate.ts';
import { freePorts, type Stack, startStack } from '../../lib/tools/stack.ts';

// The client publishes CommonJS without types that TypeScript reads.
const client = createRequire(import.meta.url)('talon_one');

type Answer = Record<string, unknown>;
type Api = Record<string, (...args: unknown[]) => Promise<Answer>>;

let folder: string;
let stack: Stack;
let api: Api;

/** The methods of the published client that the tests called. */
const called = new Set<string>();

const connect = (apiKey: string): Api => {
  const connection = new client.ApiClient();
  connection.basePath = `http://127.0.0.1:${stack.ports.http}`;
  connection.authentications.api_key_v1.apiKey = apiKey;
  connection.authentications.api_key_v1.apiKeyPrefix = 'ApiKey-v1';
  return new Proxy(new client.IntegrationApi(connection), {
    get: (methods, name) => {
      called.add(String(name));
      return methods[name].bind(methods);
    },
  });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-client-'));
  stack = await startStack(folder, await freePorts());
  api = connect(LOCAL_KEY);
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

test('updates a session and a profile in the first version', async () => {
  const session = client.NewCustomerSession.constructFromObject({
    profileId: 'v1-ann',
    coupon: 'WELCOME-2026',
    cartItems: [{ name: 'Tea', sku: 'tea', quantity: 3, price: 0.1 }],
    total: 0.3,
  });
  const state = await api.updateCustomerSession?.('v1-cart', session);
  expect(state).toBeInstanceOf(client.IntegrationState);
  expect(state).toMatchObject({
    session: { integrationId: 'v1-cart', coupon: 'WELCOME-2026', referral: '', total: 0.3, state: 'open' },
    profile: { integrationId: 'v1-ann' },
    event: { type: 'talon_session_created', sessionId: 'v1-cart' },
    coupon: { value: 'WELCOME-2026' },
  });
  const profile = client.NewCustomerProfile.constructFromObject({ attributes: { Name: 'Zoë' } });
  const dry = await api.updateCustomerProfile?.('v1-ann', profile, { dry: true });
  expect(dry).toMatchObject({ profile: { attributes: { Name: 'Zoë' } }, event: { type: 'talon_profile_updated' } });
  expect(await api.updateCustomerProfile?.('v1-ann', {})).toMatchObject({ profile: { attributes: {} } });
});

test('reserves a coupon, and finds it with its customers and in their inventory', async () => {
  const reservation = client.CouponReservations.constructFromObject({ integrationIDs: ['rita', AWKWARD] });
  const coupon = await api.createCouponReservation?.('SUMMER-0001', reservation);
  expect(coupon).toBeInstanceOf(client.Coupon);
  expect(coupon).toMatchObject({ value: 'SUMMER-0001', campaignId: 1, usageLimit: 1, reservation: true });

  const customers = await api.getReservedCustomers?.('SUMMER-0001');
  expect(customers).toMatchObject({ totalResultSize: 2 });
  const ids = ((customers?.data ?? []) as Answer[]).map(({ integrationId }) => integrationId);
  expect(ids.sort()).toEqual([AWKWARD, 'rita']);

  const all = { profile: true, referrals: true, coupons: true, loyalty: true };
  const inventory = await api.getCustomerInventory?.(AWKWARD, all);
  expect(inventory).toBeInstanceOf(client.CustomerInventory);
  expect(inventory).toMatchObject({
    profile: { integrationId: AWKWARD },
    // It knows no state of a coupon yet, and shows the coupon's own fields.
    coupons: [{ value: 'SUMMER-0001', usageCounter: 0 }],
    referrals: [],
    loyalty: { programs: {} },
  });
  expect(await api.getCustomerInventory?.('rita', {})).toEqual({});

  await api.deleteCouponReservation?.('SUMMER-0001', reservation);
  expect(await api.getReservedCustomers?.('SUMMER-0001')).toMatchObject({ totalResultSize: 0, data: [] });
});

test('is told of codes and customers that there are not', async () => {
  const nothing = client.CouponReservations.constructFromObject({ integrationIDs: [] });
  for (const call of [
    api.createCouponReservation?.('30$ off / 100 %', nothing),
    api.deleteCouponReservation?.('30$ off / 100 %', nothing),
    api.getReservedCustomers?.('nothing'),
    api.getCustomerInventory?.('nobody', { profile: true }),
  ]) {
    expect(await failure(call as Promise<unknown>)).toMatchObject({ status: 404, body: { StatusCode: 404 } });
  }
});

test('updates profiles in bulk, silently or not', async () => {
  const body = client.MultipleCustomerProfileIntegrationRequest.constructFromObject({
    customerProfiles: [
      { integrationId: 'bulk-1', attributes: { Name: 'One' } },
      { integrationId: AWKWARD, attributes: { Name: 'Two' } },
    ],
  });
  const states = await api.updateCustomerProfilesV2?.(body, { silent: 'no' });
  expect(states).toMatchObject({
    integrationStates: [
      { customerProfile: { integrationId: 'bulk-1', attributes: { Name: 'One' } }, effects: [] },
      { customerProfile: { integrationId: AWKWARD, attributes: { Name: 'Two' } }, effects: [] },
    ],
  });
  expect((await api.updateCustomerProfilesV2?.(body, { silent: 'yes' }))?.integrationStates).toBeUndefined();
});

test('is told which row of many is wrong, and nothing is stored', async () => {
  const entry = (n: number) => ({ integrationId: `none-${n}`, attributes: n === 998 ? { Nme: 1 } : { Name: 'x' } });
  const body = { customerProfiles: Array.from({ length: 1000 }, (_, n) => entry(n)) };
  expect(await failure(api.updateCustomerProfilesV2?.(body, {}) as Promise<unknown>)).toMatchObject({
    status: 400,
    body: { errors: [{ title: 'Unknown', source: { pointer: '/customerProfiles/998/attributes/Nme' } }] },
  });
  expect(await failure(api.getCustomerInventory?.('none-0', {}) as Promise<unknown>)).toMatchObject({ status: 404 });
});

test('moves profiles in and out of audiences', async () => {
  const change = (action: string, audienceId = 1) =>
    client.CustomerProfileAudienceRequest.constructFromObject({
      data: [{ action, profileIntegrationId: 'bulk-1', audienceId }],
    });
  const memberships = async () => {
    const inventory = await api.getCustomerInventory?.('bulk-1', { profile: true });
    return (inventory?.profile as Answer | undefined)?.audienceMemberships;
  };
  await api.updateCustomerProfileAudiences?.(change('add'));
  expect(await memberships()).toMatchObject([{ id: 1, name: 'Newsletter' }]);
  await api.updateCustomerProfileAudiences?.(change('delete'));
  expect(await memberships()).toEqual([]);
  expect(await failure(api.updateCustomerProfileAudiences?.(change('add', 99)) as Promise<unknown>)).toMatchObject({
    status: 404,
    body: { errors: [{ source: { pointer: '/data/0/audienceId' } }] },
  });
});

test('is refused with a wrong key', async () => {
  const stranger = connect('f'.repeat(64));
  expect(await failure(stranger.deleteCustomerData?.('ann') as Promise<unknown>)).toMatchObject({
    status: 401,
    body: { StatusCode: 401 },
  });
});

test('deletes a customer once, and is told when there is none', async () => {
  await api.deleteCustomerData?.('ann');
  expect(await failure(api.deleteCustomerData?.('ann') as Promise<unknown>)).toMatchObject({
    status: 404,
    body: { StatusCode: 404 },
  });
});

test('every method that the published client has among the operations was called', () => {
  const methods = Object.getOwnPropertyNames(client.IntegrationApi.prototype);
  const served = methods.filter((name) => Object.hasOwn(operations, name));
  expect(served).toHaveLength(13);
  expect(served.filter((name) => !called.has(name))).toEqual([]);
});
