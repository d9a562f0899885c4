import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AnyCaller, Caller } from '../../lib/client/call.ts';
import { updateCustomerProfileV2 as profileRow } from '../../lib/contract/operations/profiles.ts';
import { updateCustomerSessionV2 as sessionRow } from '../../lib/contract/operations/sessions.ts';
import { updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import type { HttpAnswer } from '../../lib/lambda/http-answer.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import { suppressChanges } from '../../lib/privacy/suppression.ts';
import { campaign, cart, snapshot } from '../support/engine.ts';
import { everythingParked } from '../unit/inbox/fakes.ts';
import { batch, context, request, setUp, storedSession } from './fakes.ts';

const PROMOTIONS = snapshot({ campaigns: [campaign({ coupons: [{ id: 11, value: 'SUMMER', usageLimit: 0 }] })] });

interface Sent {
  readonly row: string;
  readonly request: unknown;
}

/** Application 1, embedded or hosted in this environment; `ann` is suppressed in the live one. */
const suppressed = async <O extends typeof sessionRow | typeof profileRow>(
  row: O,
  hosted?: 'live' | 'sandbox',
  answer: AnyCaller = async () => ({ effects: [], createdCoupons: [], createdReferrals: [] }),
) => {
  const sent: Sent[] = [];
  const call: AnyCaller = (asked, input, about) => {
    sent.push({ row: asked.id, request: input });
    return answer(asked, input, about);
  };
  const remotes: Remotes = () => (hosted ? { environment: hosted, caller: async () => call as Caller } : undefined);
  const operation = row === sessionRow ? updateCustomerSessionV2 : updateCustomerProfileV2;
  const made = await setUp(row as typeof sessionRow, operation as typeof updateCustomerSessionV2, {
    ...{ promotions: PROMOTIONS, remotes },
  });
  const { store } = made.engine;
  const changes = await suppressChanges({ environment: 'live', profiles: ['ann'] }, 'r', new Date(0), {
    ...{ store, accountId: 1, segment: made.engine.deps.segment },
  });
  await store.write(changes, randomUUID());
  return { ...made, store, sent };
};

const session = (over: object = {}) => ({
  customerSession: {
    ...{ profileId: 'ann', cartItems: cart(60), couponCodes: ['SUMMER'], attributes: {}, state: 'closed', ...over },
  },
});

const put = (over: object = {}) => request({ params: { customerSessionId: 's1' }, body: session(over) });
const profile = () => request({ params: { integrationId: 'ann' }, body: {} });
const call = (over: object = {}) => ({
  application: 1,
  params: { customerSessionId: 's1' },
  query: {},
  body: session(),
  ...over,
});

describe('over HTTP', () => {
  test('a checkout goes through without the person, and the line of it counts', async () => {
    const { send, store, lines } = await suppressed(sessionRow);
    expect(await send(put())).toMatchObject({ statusCode: 200, content: { effects: [{}, {}] } });
    expect(await storedSession(store)).toMatchObject({ state: 'closed', profileId: '' });
    expect(lines).toMatchObject([{ message: 'request', outcome: 'suppressed', status: 200 }]);
  });

  test('what would only be of them is refused with the place that names them, and counts', async () => {
    const { send, lines } = await suppressed(profileRow);
    const answer = await send(profile());
    expect(answer).toMatchObject({
      statusCode: 409,
      content: { errors: [{ title: 'Suppressed', source: { parameter: 'integrationId' } }], StatusCode: 409 },
    });
    expect(lines).toMatchObject([{ outcome: 'suppressed', status: 409, reason: 'SuppressedError' }]);
    expect(JSON.stringify([answer.content, lines])).not.toContain('ann');
  });

  test('other refusals and answers are told as before', async () => {
    const { send, lines } = await suppressed(sessionRow);
    await send(put({ profileId: 'ben' }));
    await send(put({ profileId: 'ben', state: 'done' }));
    expect(lines.map(({ outcome }) => outcome)).toEqual(['answered', 'refused']);
  });
});

describe('a hosted account', () => {
  test('is sent the call without the person', async () => {
    const { send, sent, lines } = await suppressed(sessionRow, 'live');
    await send(put({ identifiers: ['ann@example.com'], attributes: { note: 'ann' } }));
    expect(sent).toMatchObject([{ row: 'updateCustomerSessionV2', request: { params: { customerSessionId: 's1' } } }]);
    expect(JSON.stringify(sent)).not.toContain('ann');
    expect(JSON.stringify(sent)).toContain('SUMMER');
    expect(lines).toMatchObject([{ outcome: 'suppressed' }]);
  });

  test('is not sent what would only be of them', async () => {
    const { send, sent } = await suppressed(profileRow, 'live');
    expect(await send(profile())).toMatchObject({ statusCode: 409 });
    expect(sent).toEqual([]);
  });

  test('of another environment is sent it as it is', async () => {
    const { send, sent } = await suppressed(profileRow, 'sandbox');
    await send(profile());
    expect(sent).toMatchObject([{ request: { params: { integrationId: 'ann' } } }]);
  });

  test('is asked about with one read, and none where nobody is named', async () => {
    const { send, store } = await suppressed(sessionRow, 'live');
    const trips = async (over: object) => {
      const before = store.trips.get;
      await send(put(over));
      return store.trips.get - before;
    };
    expect([await trips({ profileId: 'ben' }), await trips({ profileId: '' })]).toEqual([1, 0]);
  });

  test('is looked up again before a repeat: what was suppressed in between is sent without them', async () => {
    let fails = true;
    const { handler, sent, store, engine } = await suppressed(sessionRow, 'live', async () => {
      if (!fails) return { effects: [], createdCoupons: [], createdReferrals: [] };
      fails = false;
      throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    });
    const message = batch(call({ body: session({ profileId: 'ben' }), requestId: 'r1' }));
    await handler(message, context());
    const { deps } = engine;
    await store.write(
      await suppressChanges({ environment: 'live', profiles: ['ben'] }, 'r', new Date(0), deps),
      randomUUID(),
    );
    engine.clock.now = new Date(engine.clock.now.getTime() + 5 * 60_000);
    await handler(message, context());
    expect(sent.map(({ request }) => JSON.stringify(request).includes('ben'))).toEqual([true, false]);
  });
});

describe('from a queue', () => {
  test('a call is made without the person, leaves nothing that is theirs, and counts once', async () => {
    const { handler, store, lines } = await suppressed(sessionRow);
    const message = batch(call({ requestId: 'r1' }));
    await handler(message, context());
    await handler(message, context());
    expect(lines.map(({ outcome }) => outcome)).toEqual(['suppressed', 'duplicate']);
    expect(await storedSession(store)).toMatchObject({ state: 'closed', profileId: '' });
    expect((await store.items()).filter(({ owner }) => owner !== undefined)).toEqual([]);
  });

  test('a call that would only be of them is dropped, and counts', async () => {
    const { handler, store, lines } = await suppressed(profileRow);
    const before = await store.dump();
    await handler(batch({ application: 1, params: { integrationId: 'ann' }, body: {} }), context());
    expect(lines).toMatchObject([{ outcome: 'dropped', reason: 'SuppressedError' }]);
    expect(await store.dump()).toBe(before);
  });

  test('a call that is parked is parked without them', async () => {
    const { handler, store } = await suppressed(sessionRow);
    await handler(batch(call({ body: session({ additionalCosts: {}, attributes: { no: 1 } }) })), context());
    await handler(batch(call({ requestId: 'bad', body: session({ state: 'done' }) })), context());
    await handler(batch(call({ requestId: 'r2', body: session({ state: 'cancelled' }) })), context());
    await handler(batch(call({ requestId: 'r3', body: session({ state: 'closed' }) })), context());
    const parked = await everythingParked(store);
    expect(parked.map(({ reason }) => reason)).toEqual(['refused']);
    expect(parked[0]?.item).not.toHaveProperty('owner');
    expect(await store.dump()).not.toContain('"ann"');
  });
});

test('a direct invoke is answered as over HTTP, and counts', async () => {
  const { handler, lines } = await suppressed(sessionRow);
  expect(await handler(call(), context())).toMatchObject({ statusCode: 200 });
  expect(lines).toMatchObject([{ message: 'request', outcome: 'suppressed', application: 1 }]);
  const profiles = await suppressed(profileRow);
  const answer = await profiles.handler({ application: 1, params: { integrationId: 'ann' }, body: {} }, context());
  expect((answer as HttpAnswer).statusCode).toBe(409);
  expect(profiles.lines).toMatchObject([{ message: 'request', outcome: 'suppressed', reason: 'SuppressedError' }]);
});
