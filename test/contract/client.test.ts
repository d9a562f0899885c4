import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient } from '../../lib/client/client.ts';
import type { IntegrationApi } from '../../lib/contract/api.ts';
import { ApiError } from '../../lib/contract/errors.ts';
import { LOCAL_BEARER, LOCAL_KEY } from '../../lib/lambda/authenticate.ts';
import { freePorts, startStack } from '../../lib/tools/stack.ts';
import { openServer } from '../support/http-server.ts';
import { AWKWARD, answerExample } from './examples.ts';

/** A server that speaks the API and holds the demo's promotions. */
interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

const ownStack = async (): Promise<Server> => {
  const folder = await mkdtemp(join(tmpdir(), 'promotion-functions-own-client-'));
  const stack = await startStack(folder, await freePorts());
  return {
    url: `http://127.0.0.1:${stack.ports.http}`,
    stop: async () => {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const exampleServer = async (): Promise<Server> => {
  const { url, close } = await openServer(answerExample);
  return { url, stop: close };
};

describe.each([
  ['our own functions', ownStack],
  ["the contract's examples", exampleServer],
])('the client calls %s', (_name, start) => {
  let server: Server;
  let api: Client;

  beforeAll(async () => {
    server = await start();
    api = createClient({ url: server.url, credentials: { apiKey: LOCAL_KEY } });
  });

  afterAll(() => server?.stop());

  const failure = async (call: Promise<unknown>): Promise<ApiError> => {
    const error = await call.then(
      () => new Error('the call was expected to fail'),
      (reason: unknown) => reason,
    );
    if (error instanceof ApiError) return error;
    throw error;
  };

  const session = (id: string, customerSession: object, responseContent: 'customerSession'[] = []) =>
    api.updateCustomerSessionV2({
      params: { customerSessionId: id },
      query: {},
      body: { customerSession, responseContent },
    });

  test('and stands where the API is asked for', () => {
    const standing: IntegrationApi = api;
    expect(standing).toBe(api);
  });

  test('updates a profile and reads it back', async () => {
    const state = await api.updateCustomerProfileV2({
      params: { integrationId: 'ann' },
      query: { runRuleEngine: false },
      body: { attributes: { Name: 'Ann' }, responseContent: ['customerProfile'] },
    });
    expect(state.customerProfile).toMatchObject({ integrationId: 'ann', attributes: { Name: 'Ann' } });
  });

  test('updates a session and gets the effects of its code', async () => {
    const cartItems = [{ name: 'Pot', sku: 'pot', quantity: 1, price: 60, attributes: {} }];
    const state = await session('cart-1', { profileId: 'ann', couponCodes: ['SUMMER-0001'], cartItems });
    expect(state.effects).toMatchObject([
      { effectType: 'acceptCoupon', props: { value: 'SUMMER-0001' } },
      { effectType: 'setDiscount', props: { value: 6 } },
    ]);
  });

  test('carries ids of any characters', async () => {
    const state = await session(AWKWARD, { profileId: AWKWARD }, ['customerSession']);
    expect(state.customerSession).toMatchObject({ integrationId: AWKWARD, profileId: AWKWARD, state: 'open' });
  });

  test('creates a referral', async () => {
    const referral = await api.createReferral({
      params: {},
      query: {},
      body: { campaignId: 3, advocateProfileIntegrationId: 'ann', attributes: {} },
    });
    expect(referral).toMatchObject({ campaignId: 3, advocateProfileIntegrationId: 'ann', usageCounter: 0 });
  });

  test('records an event', async () => {
    const state = await api.trackEvent({
      params: {},
      query: { dry: false },
      body: { type: 'seen', sessionId: 'cart-1', attributes: { page: '/tea' } },
    });
    expect(state).toMatchObject({ event: { type: 'seen' }, session: { integrationId: 'cart-1' } });
  });

  test('updates a session and a profile in the first version', async () => {
    const state = await api.updateCustomerSession({
      params: { customerSessionId: 'v1-cart' },
      query: { dry: false },
      body: { profileId: 'ann', coupon: 'SUMMER-0001', total: 60, attributes: {} },
    });
    expect(state).toMatchObject({
      session: { integrationId: 'v1-cart', total: 60 },
      profile: { integrationId: 'ann' },
    });
    const profile = await api.updateCustomerProfile({
      params: { integrationId: 'ann' },
      query: {},
      body: { attributes: { Name: 'Ann' } },
    });
    expect(profile).toMatchObject({ session: { integrationId: '' }, profile: { attributes: { Name: 'Ann' } } });
  });

  test('reserves a coupon, finds it with its customers and theirs, and takes it back', async () => {
    const reservation = {
      params: { couponValue: 'SUMMER-0001' },
      query: {},
      body: { integrationIDs: ['ann'] },
    };
    const of = { params: { couponValue: 'SUMMER-0001' }, query: {}, body: undefined };
    const ann = { params: { integrationId: 'ann' }, query: {}, body: undefined };
    expect(await api.createCouponReservation(reservation)).toMatchObject({ value: 'SUMMER-0001', usageCounter: 0 });
    expect(await api.getReservedCustomers(of)).toMatchObject({ totalResultSize: 1, data: [{ integrationId: 'ann' }] });
    expect(await api.getReservedCoupons(ann)).toMatchObject({ totalResultSize: 1, data: [{ value: 'SUMMER-0001' }] });
    const flags = { profile: true, coupons: true, loyalty: true, referrals: true, giveaways: true };
    expect(await api.getCustomerInventory({ ...ann, query: flags })).toMatchObject({
      profile: { integrationId: 'ann' },
      coupons: [{ value: 'SUMMER-0001', state: 'active', profileRedemptionCount: 0 }],
      loyalty: { programs: {} },
      giveaways: [],
    });
    expect(await api.deleteCouponReservation(reservation)).toBeUndefined();
  });

  test('is told of a coupon that there is not', async () => {
    const unknown = { params: { couponValue: 'no / such % code' }, query: {}, body: { integrationIDs: ['ann'] } };
    expect(await failure(api.createCouponReservation(unknown))).toMatchObject({
      name: 'NotFoundError',
      upstream: { path: '/v1/coupon_reservations/{couponValue}', status: 404 },
    });
  });

  test('updates profiles in bulk, and is answered nothing when it asks for that', async () => {
    const body = { customerProfiles: [{ integrationId: 'ann', attributes: { Name: 'Ann' } }] };
    expect(await api.updateCustomerProfilesV2({ params: {}, query: { silent: 'no' }, body })).toMatchObject({
      integrationStates: [{ customerProfile: { integrationId: 'ann' }, effects: [] }],
    });
    expect(await api.updateCustomerProfilesV2({ params: {}, query: { silent: 'yes' }, body })).toBeUndefined();
  });

  test('finds profiles by their attributes', async () => {
    const found = await api.getCustomerProfilesByAttributes({
      params: {},
      query: {},
      body: { attributes: { Name: 'Ann' } },
    });
    expect(found).toMatchObject({ totalResultSize: 1, data: [{ integrationId: 'ann' }] });
  });

  test('moves profiles in and out of audiences', async () => {
    const body = { data: [{ action: 'add', profileIntegrationId: 'ann', audienceId: 1 } as const] };
    expect(await api.updateCustomerProfileAudiences({ params: {}, query: {}, body })).toBeUndefined();
  });

  test('creates referrals for several advocates, and is answered nothing when it asks for that', async () => {
    const body = { campaignId: 3, advocateProfileIntegrationIds: ['ann', 'bob'], usageLimit: 1, attributes: {} };
    const made = await api.createReferralsForMultipleAdvocates({ params: {}, query: { silent: 'no' }, body });
    expect(made).toMatchObject({
      totalResultSize: 2,
      data: [{ advocateProfileIntegrationId: 'ann' }, { advocateProfileIntegrationId: 'bob' }],
    });
    const nothing = await api.createReferralsForMultipleAdvocates({ params: {}, query: { silent: 'yes' }, body });
    expect(nothing).toBeUndefined();
  });

  test('signs bodies as the clients of 2018 and 2019 do, and sends a token where one is asked for', async () => {
    const signing = createClient({ url: server.url, credentials: { signer: 1, key: LOCAL_KEY } });
    const event = { type: 'seen', sessionId: 'cart-1', attributes: { page: '/tee/größe' } };
    const state = await signing.trackEvent({ params: {}, query: { dry: false }, body: event });
    expect(state).toMatchObject({ event: { type: 'seen' } });
    const bearing = createClient({ url: server.url, credentials: { bearer: LOCAL_BEARER } });
    const body = { data: [{ action: 'delete', profileIntegrationId: 'ann', audienceId: 1 } as const] };
    expect(await bearing.updateCustomerProfileAudiences({ params: {}, query: {}, body })).toBeUndefined();
  });

  test('deletes a customer, and is told when there is none', async () => {
    const erase = (integrationId: string) =>
      api.deleteCustomerData({ params: { integrationId }, query: {}, body: undefined });
    expect(await erase('ann')).toBeUndefined();
    expect(await failure(erase('nobody'))).toMatchObject({
      name: 'NotFoundError',
      upstream: { method: 'DELETE', path: '/v1/customer_data/{integrationId}', status: 404 },
    });
  });

  test('is told every fault at once, each with its place', async () => {
    const cartItems = [{ name: '', sku: 'x', quantity: 0, price: 1, attributes: {} }];
    const error = await failure(session('cart-2', { state: 'lost', cartItems }));
    expect(error.name).toBe('InvalidRequestError');
    expect(error.issues?.map(({ title, source }) => [title, source]).sort()).toEqual([
      ['enum', { pointer: '/customerSession/state' }],
      ['minLength', { pointer: '/customerSession/cartItems/0/name' }],
      ['minimum', { pointer: '/customerSession/cartItems/0/quantity' }],
    ]);
  });

  test('is refused with a wrong key', async () => {
    const stranger = createClient({ url: server.url, credentials: { apiKey: 'f'.repeat(64) } });
    const request = { params: { integrationId: 'ann' }, query: {}, body: {} };
    expect(await failure(stranger.updateCustomerProfileV2(request))).toMatchObject({ name: 'UnauthorizedError' });
  });
});
