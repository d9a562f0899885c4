import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse } from 'aws-lambda';
import { expect, test } from 'vitest';
import { deleteCustomerData as deleteRow } from '../../lib/contract/operations/customer-data.ts';
import { createReferral as referralRow } from '../../lib/contract/operations/referrals.ts';
import { updateCustomerSessionV2 as sessionRow } from '../../lib/contract/operations/sessions.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { createReferral } from '../../lib/engine/referrals.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { cart } from '../support/engine.ts';
import { everythingParked } from '../unit/inbox/fakes.ts';
import { batch, context, memoryStore, setUp, storedSession } from './fakes.ts';

const call = (over: object = {}) => ({
  application: 1,
  params: { customerSessionId: 's1' },
  query: {},
  body: { customerSession: { cartItems: cart(60), profileId: 'ann' } },
  ...over,
});

const referral = (over: object = {}) => ({
  application: 1,
  body: { campaignId: 1, advocateProfileIntegrationId: 'ann' },
  ...over,
});

const referrals = () => setUp(referralRow, createReferral);

test('each message is a call of its own, and good ones do not suffer from bad ones', async () => {
  const { handler, store, lines } = await setUp(sessionRow, updateCustomerSessionV2);
  const event = batch(
    call(),
    '{',
    call({ params: { customerSessionId: 's2' }, body: { customerSession: { state: 'done', profileId: 'ann' } } }),
    call({ params: { customerSessionId: 's3' } }),
  );
  expect(await handler(event, context())).toEqual({ batchItemFailures: [] });
  expect(await storedSession(store, 's1')).toBeDefined();
  expect(await storedSession(store, 's2')).toBeUndefined();
  expect(await storedSession(store, 's3')).toBeDefined();
  expect((await everythingParked(store)).map(({ reason }) => reason)).toEqual(['unreadable', 'refused']);
  expect(lines.map(({ id, outcome }) => `${id} ${outcome}`).toSorted()).toEqual([
    'm1 applied',
    'm2 parked',
    'm3 parked',
    'm4 applied',
  ]);
});

test('a parked call is found under the person that it names', async () => {
  const { handler, store, engine } = await setUp(sessionRow, updateCustomerSessionV2);
  await handler(batch(call({ body: { customerSession: { state: 'done', profileId: 'ann' } } })), context());
  const owner = `1/live/profile/${engine.deps.segment('ann')}`;
  expect((await store.query('byOwner', { owner })).items).toContainEqual(
    expect.objectContaining({ partition: '1/parked' }),
  );
});

test('a call that makes something new each time makes it once, however often its message comes', async () => {
  const { handler, engine, store, lines } = await referrals();
  const owner = engine.records.walletOf('ann') ?? '';
  const made = async () =>
    (await store.query('byOwner', { owner })).items.filter(({ sort }) => sort === 'referral').length;
  await handler(batch(referral()), context());
  await handler(batch(referral()), context());
  expect(await made()).toBe(1);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate']);

  // The sender's own name for the call goes before the queue's name for the message.
  await handler(batch(referral({ requestId: 'r1' }), referral({ requestId: 'r1' })), context());
  expect(await made()).toBe(2);
});

test('an erasure of many items ends, and its message is applied once', async () => {
  const { handler, engine, lines } = await setUp(deleteRow, deleteCustomerData);
  for (let n = 0; n < 60; n++) await engine.session(`s${n}`, { profileId: 'ann', cartItems: cart(1) });
  const event = batch({ application: 1, params: { integrationId: 'ann' } });
  expect(await handler(event, context())).toEqual({ batchItemFailures: [] });
  expect(await handler(event, context())).toEqual({ batchItemFailures: [] });
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate']);
});

test('an outage gives back exactly the messages that met it', async () => {
  const store = memoryStore();
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  const { handler } = await setUp(sessionRow, updateCustomerSessionV2, {
    store: {
      ...store,
      write: (changes, attempt) =>
        JSON.stringify(changes).includes('"s2"') ? Promise.reject(away) : store.write(changes, attempt),
    },
  });
  const event = batch(call(), call({ params: { customerSessionId: 's2' } }));
  expect(await handler(event, context())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  expect(await everythingParked(store)).toEqual([]);
});

test('nothing is begun when time is nearly up', async () => {
  const { handler, store } = await setUp(sessionRow, updateCustomerSessionV2);
  const answer = (await handler(batch(call()), context(100))) as SQSBatchResponse;
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
  expect(await storedSession(store)).toBeUndefined();
});

test('a direct invoke is answered with status and body as values', async () => {
  const { handler, store } = await setUp(sessionRow, updateCustomerSessionV2);
  expect(await handler(call(), context())).toMatchObject({ statusCode: 200, body: { effects: [] } });
  expect(await storedSession(store)).toBeDefined();
  expect(await handler(call({ body: { customerSession: { state: 'done' } } }), context())).toMatchObject({
    statusCode: 400,
    body: { errors: [{ title: 'enum', source: { pointer: '/customerSession/state' } }] },
  });
  expect(await handler({ application: 'one' }, context())).toMatchObject({
    statusCode: 400,
    body: { errors: [{ source: { pointer: '/application' } }] },
  });
});

test('a direct invoke of an operation without an answer has no body', async () => {
  const { handler, engine } = await setUp(deleteRow, deleteCustomerData);
  await engine.profile(`ann`, { attributes: {} });
  const invoke = { application: 1, params: { integrationId: 'ann' }, requestId: randomUUID() };
  expect(await handler(invoke, context())).toEqual({ statusCode: 204 });
});
