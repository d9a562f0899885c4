import { describe, expect, test } from 'vitest';
import { build } from '../../../lib/client/build.ts';
import type { AnyCaller, Caller } from '../../../lib/client/call.ts';
import { UnauthorizedError, UpstreamError } from '../../../lib/contract/errors.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { trackEvent as eventRow } from '../../../lib/contract/operations/events.ts';
import { updateCustomerSessionV2 as sessionRow } from '../../../lib/contract/operations/sessions.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { validate } from '../../../lib/contract/validate.ts';
import { trackEvent } from '../../../lib/engine/events.ts';
import { updateCustomerSessionV2 } from '../../../lib/engine/sessions.ts';
import { type CallsDeps, callsWith } from '../../../lib/lambda/calls.ts';
import { httpRequest } from '../../../lib/lambda/http-request.ts';
import { cart, OPERATION_IDS, testEngine } from '../../support/engine.ts';
import { GOOD_REQUESTS } from '../../support/requests.ts';

const ANSWER = { effects: [{ effectType: 'fromAfar' }], createdCoupons: [], createdReferrals: [] };

interface Sent {
  readonly row: string;
  readonly deadline: Date | undefined;
}

/** Application 2 is hosted, 1 is not, and 3 is nowhere. */
const world = (answer: AnyCaller = async () => ANSWER, environment: 'live' | 'sandbox' = 'live') => {
  const engine = testEngine();
  const sent: Sent[] = [];
  const call: AnyCaller = (row, request, about) => {
    sent.push({ row: row.id, deadline: about?.deadline });
    return answer(row, request, about);
  };
  const remotes: CallsDeps['remotes'] = (id) =>
    id === 2 ? { environment, caller: async () => call as Caller } : undefined;
  const calls = callsWith({ engine: engine.deps, remotes });
  const input = validate(sessionRow, {
    params: { customerSessionId: 's1' },
    query: {},
    body: { customerSession: { profileId: 'ann', cartItems: cart(60) } },
  });
  return {
    engine,
    sent,
    calls,
    session: (applicationId: number, more: object = {}) =>
      calls.make(sessionRow, updateCustomerSessionV2, input, { applicationId, requestId: 'r1', ...more }),
  };
};

test('a call goes to the hosted account of its Application, and to the engine where there is none', async () => {
  const { session, sent, engine } = world();
  expect(await session(1)).toMatchObject({ effects: [] });
  expect([sent.length, await engine.stored(engine.records.session('s1'))]).toEqual([
    0,
    expect.objectContaining({ state: 'open' }),
  ]);
  const before = await engine.store.dump();
  expect(await session(2)).toEqual(ANSWER);
  expect(sent).toMatchObject([{ row: 'updateCustomerSessionV2' }]);
  expect(await engine.store.dump()).toBe(before);
});

test('a hosted account is told when its answer is of no use any more', async () => {
  const { session, sent } = world();
  const deadline = new Date('2026-06-01T12:00:09Z');
  await session(2, { deadline });
  expect(sent).toEqual([{ row: 'updateCustomerSessionV2', deadline }]);
});

test("our key's refusal is not told as the caller's fault, and waits on a queue", async () => {
  const upstream = { method: 'PUT', path: '/v2/customer_sessions/{customerSessionId}', status: 401 } as const;
  const refused = Object.assign(new UnauthorizedError(), { upstream });
  const error = await world(async () => Promise.reject(refused))
    .session(2)
    .catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(UpstreamError);
  expect(error).toMatchObject({
    status: 502,
    onQueue: 'retry',
    upstream,
    message: 'PUT /v2/customer_sessions/{customerSessionId} answered 401: it refuses the key of Application 2',
  });
});

describe('guarded', () => {
  const guarding = () => {
    const told: (readonly object[])[] = [];
    return {
      told,
      guard: (effects: readonly object[]) => {
        told.push(effects);
        return [];
      },
    };
  };

  test('the guard is told the effects of either side', async () => {
    const { session } = world();
    const { told, guard } = guarding();
    await session(1, { guard });
    await session(2, { guard });
    // The hosted account's ledger asks before what the changes will demand.
    expect(told).toEqual([[], [], ANSWER.effects]);
  });

  test('a dry run publishes nothing on either side', async () => {
    const { calls } = world();
    const { told, guard } = guarding();
    const input = validate(eventRow, { params: {}, query: { dry: '1' }, body: { type: 'x', sessionId: 's' } });
    for (const applicationId of [1, 2]) {
      await calls.make(eventRow, trackEvent, input, { applicationId, requestId: 'r1', guard });
    }
    expect(told).toEqual([[], []]);
  });
});

describe('the owner of what a profile has', () => {
  test('is the same for a hosted Application as for an embedded one: profiles are shared', async () => {
    const { calls, engine } = world();
    const owner = `1/live/profile/${engine.deps.segment('ann')}`;
    expect([await calls.ownerOf(1, 'ann'), await calls.ownerOf(2, 'ann')]).toEqual([owner, owner]);
  });

  test('is of the sandboxes where the hosted Application is one', async () => {
    const { calls } = world(undefined, 'sandbox');
    expect(await calls.ownerOf(2, 'ann')).toMatch(/^1\/sandbox\/profile\//);
  });

  test('is nobody without a profile', async () => {
    expect(await world().calls.ownerOf(2, '')).toBeUndefined();
  });

  test('is not known where nothing knows the Application', async () => {
    await expect(world().calls.ownerOf(3, 'ann')).rejects.toThrow('no Application 3');
  });
});

describe('what was read from a request is the same request when it is sent on', () => {
  test.each(OPERATION_IDS)('%s', (id) => {
    const row: AnyOperation = operations[id];
    const read = validate(row, GOOD_REQUESTS[id]);
    const authentication = { headers: () => ({}), signs: false };
    const { url, body } = build(row, read, { base: 'http://hosted.example', authentication });
    const { pathname, search } = new URL(url);
    const again = httpRequest({ rawQueryString: search.slice(1) });
    const names = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const pattern = new RegExp(`^${row.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`);
    const values = pattern.exec(pathname)?.slice(1).map(decodeURIComponent) ?? [];
    const params = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    const content = body === undefined ? undefined : JSON.parse(body);
    expect(validate(row, { params, query: again.query, body: content })).toEqual(read);
  });
});
