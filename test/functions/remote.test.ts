import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../lib/contract/errors.ts';
import type { AnyOperation } from '../../lib/contract/operation.ts';
import { type OperationId, operations } from '../../lib/contract/operations/table.ts';
import type { EngineOperation } from '../../lib/engine/operation.ts';
import type { Publication } from '../../lib/inbox/outbox.ts';
import type { HttpAnswer } from '../../lib/lambda/http-answer.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import { application, campaign, cart, ENGINE, snapshot } from '../support/engine.ts';
import { hostedAccount } from '../support/hosted.ts';
import { type Answer, json } from '../support/http-server.ts';
import { everythingParked } from '../unit/inbox/fakes.ts';
import { batch, context, KEY, request, stage } from './fakes.ts';

const PROMOTIONS = snapshot({
  audiences: [{ id: 1, name: 'Newsletter' }],
  campaigns: [campaign({ coupons: [{ id: 11, value: 'SUMMER', usageLimit: 3 }] })],
});

/** What a stage publishes when all of its Applications are hosted. */
const NOTHING = snapshot({ applications: [application({ id: 99 })], campaigns: [] });

interface Asked {
  readonly id: OperationId;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

const EVERYTHING = [
  'customerSession',
  'customerProfile',
  'coupons',
  'triggeredCampaigns',
  'referral',
  'loyalty',
  'event',
];

const session = (customerSession: object, more: Partial<Asked> = {}): Asked => ({
  id: 'updateCustomerSessionV2',
  params: { customerSessionId: 'a/b é' },
  body: { customerSession: { profileId: 'ann', ...customerSession }, responseContent: EVERYTHING },
  ...more,
});

/** Every operation, and every way in which they refuse. */
const STORY: readonly Asked[] = [
  { id: 'updateCustomerProfileV2', params: { integrationId: 'ann' }, query: { runRuleEngine: 'true' }, body: {} },
  { id: 'updateCustomerProfile', params: { integrationId: 'ann' }, body: { attributes: null } },
  { id: 'updateCustomerProfilesV2', body: { customerProfiles: [{ integrationId: 'bob' }, { integrationId: 'cy' }] } },
  { id: 'updateCustomerProfilesV2', query: { silent: 'yes' }, body: { customerProfiles: [{ integrationId: 'dan' }] } },
  session({ cartItems: cart(60), couponCodes: ['SUMMER', 'NONE'] }, { query: { dry: '1' } }),
  session({ cartItems: cart(60), couponCodes: ['SUMMER', 'NONE'] }),
  { id: 'updateCustomerSession', params: { customerSessionId: 'old' }, body: { profileId: 'bob', coupon: 'SUMMER' } },
  { id: 'trackEvent', body: { type: 'seen', sessionId: 'a/b é', attributes: {} } },
  session({ state: 'closed' }),
  session({ state: 'closed' }),
  session({ state: 'done', cartItems: [{ name: 'x', sku: 'y', quantity: 1.5, price: '1' }] }),
  session({ attributes: { Unknown: 1 } }, { params: { customerSessionId: 's2' } }),
  { id: 'getCustomerInventory', params: { integrationId: 'ann' }, query: { profile: '1', coupons: 'true' } },
  { id: 'getCustomerInventory', params: { integrationId: 'nobody' }, query: {} },
  {
    id: 'updateCustomerProfileAudiences',
    body: { data: [{ action: 'add', profileIntegrationId: 'ann', audienceId: 1 }] },
  },
  {
    id: 'updateCustomerProfileAudiences',
    body: { data: [{ action: 'add', profileIntegrationId: 'ann', audienceId: 7 }] },
  },
  { id: 'createCouponReservation', params: { couponValue: 'SUMMER' }, body: { integrationIDs: ['ann', 'bob'] } },
  { id: 'createCouponReservation', params: { couponValue: 'NONE' }, body: { integrationIDs: ['ann'] } },
  { id: 'getReservedCustomers', params: { couponValue: 'SUMMER' } },
  { id: 'getReservedCoupons', params: { integrationId: 'ann' } },
  { id: 'deleteCouponReservation', params: { couponValue: 'SUMMER' }, body: { integrationIDs: ['bob'] } },
  { id: 'getCustomerProfilesByAttributes', body: { attributes: {} } },
  { id: 'getCustomerProfilesByAttributes', body: { attributes: { Unknown: 'x' } } },
  { id: 'createReferral', body: { campaignId: 1, advocateProfileIntegrationId: 'ann' } },
  { id: 'createReferral', body: { campaignId: 7, advocateProfileIntegrationId: 'ann' } },
  {
    id: 'createReferralsForMultipleAdvocates',
    body: { campaignId: 1, advocateProfileIntegrationIds: ['ann', 'bob'], referralPattern: 'REF-####' },
  },
  { id: 'deleteCustomerData', params: { integrationId: 'ann' } },
];

type Stage = Awaited<ReturnType<typeof stage>>;

const handle = ({ deps }: Stage, id: OperationId, event: unknown, remaining = 30_000) =>
  operationHandler(
    operations[id] as AnyOperation,
    ENGINE[id] as EngineOperation<AnyOperation>,
    async () => deps,
  )(event, context(remaining));

/** Codes are drawn at random. */
const withoutCodes = (text = 'null') => JSON.parse(text.replaceAll(/"(code|batchId)":"[^"]*"/g, '"$1":"drawn"'));

const overHttp = async (on: Stage, { id, params, query = {}, body }: Asked, remaining?: number) => {
  const search = new URLSearchParams(query).toString();
  const event = request({ ...(params && { params }), query: search, body });
  const answer = (await handle(on, id, event, remaining)) as HttpAnswer;
  return { ...answer, body: withoutCodes(answer.body) };
};

const invoked = async (on: Stage, { id, ...asked }: Asked) =>
  withoutCodes(JSON.stringify(await handle(on, id, { application: 1, ...asked })));

/** What waits to be published, as far as answers of the first version tell it: not the rule's name, nor a rejection's details. */
const publishedBy = async ({ store }: Stage) => {
  const { items } = await store.query('items', { partition: '1/outbox' });
  return items.map(({ data }) => {
    const { effects, ...about } = data as unknown as Publication;
    const told = effects.map(({ campaignId, rulesetId, ruleIndex, effectType, props }) => {
      const { conditionIndex, effectIndex, details, ...known } = props;
      return { campaignId, rulesetId, ruleIndex, effectType, props: known };
    });
    return { ...about, effects: told };
  });
};

/** The same functions twice: with the engine embedded, and with a hosted account that answers for the Application. */
const both = async () => {
  const account = await hostedAccount(PROMOTIONS);
  const embedded = await stage({ promotions: PROMOTIONS });
  const hosted = await stage({ remotes: account.remotes() });
  // Whatever still asked the engine would find no Application.
  hosted.engine.publish(NOTHING);
  return { account, embedded, hosted };
};

describe('a hosted account and the engine answer alike', () => {
  test('over HTTP', async () => {
    const { account, embedded, hosted } = await both();
    const statuses: number[] = [];
    for (const asked of STORY) {
      const expected = await overHttp(embedded, asked);
      expect(await overHttp(hosted, asked), JSON.stringify(asked)).toEqual(expected);
      statuses.push(expected.statusCode);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 201, 204, 400, 404]));
    expect(new Set(STORY.map(({ id }) => id)).size).toBe(Object.keys(operations).length);
    // What our own checks refuse is not sent at all.
    expect(account.server.received.length).toBeLessThan(STORY.length);
    expect(hosted.lines).toEqual(embedded.lines);
  });

  test('to a direct invoke', async () => {
    const { embedded, hosted } = await both();
    for (const asked of STORY) {
      expect(await invoked(hosted, asked), JSON.stringify(asked)).toEqual(await invoked(embedded, asked));
    }
  });

  test('to queue messages: the same is applied, published and parked, and repeats are duplicates', async () => {
    const { embedded, hosted } = await both();
    // A deletion by the engine takes what is parked of the person with it; and it alone knows an equal call as a repeat.
    const different = [...new Map(STORY.map((asked) => [JSON.stringify(asked), asked])).values()];
    const before = different.filter(({ id }) => id !== 'deleteCustomerData');
    for (const [index, { id, ...asked }] of before.entries()) {
      const event = batch({ application: 1, requestId: `r${index}`, ...asked });
      for (const record of event.Records) record.messageId = `m${index}`;
      for (const on of [embedded, hosted]) {
        expect(await handle(on, id, event)).toEqual({ batchItemFailures: [] });
        expect(await handle(on, id, event)).toEqual({ batchItemFailures: [] });
      }
    }
    expect(hosted.lines).toEqual(embedded.lines);
    const outcomes = hosted.lines.map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['applied', 'duplicate', 'parked']));

    const parked = async (on: Stage) => (await everythingParked(on.store)).map(({ key, ...entry }) => entry);
    expect(await parked(hosted)).toEqual(await parked(embedded));
    const published = await publishedBy(embedded);
    expect(published.length).toBeGreaterThan(3);
    expect(await publishedBy(hosted)).toEqual(published);
    expect(await hosted.engine.store.dump()).not.toContain('/sent/');
  });
});

const ASKED = session({ cartItems: cart(60) }, { params: { customerSessionId: 'cart-of-ann' } });
const UNSAFE: Asked = { id: 'trackEvent', body: { type: 'seen', sessionId: 'cart-of-ann', attributes: {} } };

const html: Answer = (response) =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>cart-of-ann</p>');
const silence: Answer = () => {};
const cut: Answer = (response) => void response.destroy();
const says =
  (status: number, body: unknown): Answer =>
  (response) =>
    json(response, status, body);
const ECHO = { message: 'cart-of-ann is busy' };

/** A stage whose hosted account answers every try so. */
const against = async (answer: Answer, key = KEY) => {
  const account = await hostedAccount(PROMOTIONS);
  account.fates.push(answer, answer, answer);
  return {
    account,
    hosted: await stage({ remotes: account.remotes(answer === silence ? { timeoutMs: 50 } : {}, key) }),
  };
};

describe('what a hosted account answers badly', () => {
  const issue = { title: 'Unknown', details: 'why', source: { pointer: '/a' } };
  const UPDATE = 'PUT /v2/customer_sessions/{customerSessionId}';

  test.each([
    ['400 with issues', says(400, { message: 'no', errors: [issue] }), 400, { message: 'no', errors: [issue] }],
    ['404', says(404, { message: 'not there' }), 404, { message: 'not there', StatusCode: 404 }],
    ['404 in HTML', (response) => void response.writeHead(404).end('<p>'), 502, `${UPDATE} answered 404: not a path`],
    ['409', says(409, ECHO), 409, { ...ECHO, StatusCode: 409 }],
    ['413', says(413, { message: 'large' }), 413, { message: 'large', StatusCode: 413 }],
    ['403', says(403, {}), 502, `${UPDATE} answered 403: the credentials are not enough`],
    ['429', says(429, {}), 502, `${UPDATE} answered 429: too many requests`],
    ['500', says(500, ECHO), 502, `${UPDATE} answered 500: the server failed`],
    ['a page', html, 502, `${UPDATE} answered 200: the answer is not announced as application/json`],
    ['another body', says(200, { effects: 'cart-of-ann' }), 502, `${UPDATE} answered 200: the answer is not of`],
    ['a cut connection', cut, 502, `${UPDATE}: the connection broke before the answer was whole`],
    ['silence', silence, 504, `${UPDATE}: no whole answer within 50 ms`],
  ] satisfies [string, Answer, number, unknown][])('%s is told as it is', async (_, answer, status, told) => {
    const { hosted } = await against(answer);
    const { statusCode, body } = await overHttp(hosted, ASKED);
    expect(statusCode).toBe(status);
    if (typeof told === 'string') {
      expect(body).toEqual({ message: expect.stringContaining(told), StatusCode: status });
    } else expect(body).toEqual(told);
    expect(await invoked((await against(answer)).hosted, ASKED)).toEqual({ statusCode: status, body });
    expect(hosted.lines).toMatchObject([{ level: status < 500 ? 'info' : 'error', status }]);
    expect(String(hosted.lines.map(({ error }) => (error as Error | undefined)?.stack))).not.toContain('cart-of-ann');
  });

  test.each([
    ['409', says(409, ECHO), 'failed'],
    ['500', says(500, ECHO), 'failed'],
    ['silence', silence, 'failed'],
    ['400', says(400, { message: 'cart-of-ann is not right' }), 'parked'],
    ['another body', says(200, { effects: 'cart-of-ann' }), 'parked'],
  ] satisfies [string, Answer, string][])('%s on a queue: %s', async (_, answer, outcome) => {
    const { hosted } = await against(answer);
    const { id, ...asked } = ASKED;
    const failed = outcome === 'failed' ? [{ itemIdentifier: 'm1' }] : [];
    expect(await handle(hosted, id, batch({ application: 1, ...asked }))).toEqual({ batchItemFailures: failed });
    const lines = hosted.lines.map(({ session: _session, error, ...line }) => ({
      ...line,
      error: (error as Error)?.stack,
    }));
    expect(lines).toMatchObject([{ outcome }]);
    expect(JSON.stringify(lines)).not.toContain('cart-of-ann');
  });

  test('our own key refused: a 502 for the caller, an error line for us, and no key in either', async () => {
    const wrong = 'dead'.repeat(16);
    const account = await hostedAccount(PROMOTIONS);
    const hosted = await stage({ remotes: account.remotes({}, wrong) });
    const answer = await overHttp(hosted, ASKED);
    expect(answer).toMatchObject({
      statusCode: 502,
      body: { message: `${UPDATE} answered 401: it refuses the key of Application 1`, StatusCode: 502 },
    });
    expect(hosted.lines).toMatchObject([{ level: 'error', outcome: 'failed', status: 502 }]);
    const { id, ...asked } = ASKED;
    const event = batch({ application: 1, ...asked });
    // It waits until the key is mended, and nothing is left that would make its outcome unknown.
    expect(await handle(hosted, id, event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(await hosted.engine.store.dump()).not.toContain('/sent/');
    const stacks = hosted.lines.map(({ error }) => String((error as Error | undefined)?.stack));
    expect(JSON.stringify([answer, stacks, hosted.lines])).not.toContain(wrong);
    expect(account.server.received[0]?.headers.authorization).toBe(`ApiKey-v1 ${wrong}`);
  });

  test('a setting of ours that is wrong: a 500 that says nothing, and a line that says what to set', async () => {
    const remotes: Remotes = () => ({
      environment: 'live',
      caller: () => Promise.reject(new ConfigurationError('applications.1.remote has no url')),
    });
    const hosted = await stage({ remotes });
    const { statusCode, body } = await overHttp(hosted, ASKED);
    expect([statusCode, JSON.stringify(body)]).toEqual([500, expect.not.stringContaining('remote')]);
    expect(hosted.lines).toMatchObject([{ level: 'error', error: { message: 'applications.1.remote has no url' } }]);
    const { id, ...asked } = ASKED;
    const event = batch({ application: 1, ...asked });
    expect(await handle(hosted, id, event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  });
});

test("an answer's fields that came after the documents are passed on", async () => {
  const newer = { effects: [], createdCoupons: [], createdReferrals: [], previousReturns: [{ id: 1 }] };
  const { hosted } = await against(says(200, newer));
  expect((await overHttp(hosted, ASKED)).body).toEqual(newer);
});

test('a call ends before its function would be ended', async () => {
  const account = await hostedAccount(PROMOTIONS);
  account.fates.push(silence);
  const hosted = await stage({ remotes: account.remotes() });
  const { statusCode, body } = await overHttp(hosted, ASKED, 1_050);
  expect(statusCode).toBe(504);
  expect(body.message).toMatch(/no whole answer within \d\d? ms$/);
});

describe('a queue message whose answer is lost', () => {
  const lost = async ({ id, ...asked }: Asked) => {
    const account = await hostedAccount(PROMOTIONS);
    account.fates.push('lost');
    const hosted = await stage({ remotes: account.remotes({ retry: { retries: 0 } }) });
    const deliver = () => handle(hosted, id, batch({ application: 1, ...asked }));
    expect(await deliver()).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    return { account, hosted, deliver };
  };
  const later = ({ engine }: Stage) => {
    engine.clock.now = new Date(engine.clock.now.getTime() + 61_000);
  };

  test('is made again where that is safe, once it cannot be under way any more', async () => {
    const { account, hosted, deliver } = await lost(ASKED);
    expect(await deliver()).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(account.server.received).toHaveLength(1);
    later(hosted);
    expect(await deliver()).toEqual({ batchItemFailures: [] });
    expect(await deliver()).toEqual({ batchItemFailures: [] });
    expect(hosted.lines.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'applied', 'duplicate']);
    expect(account.server.received).toHaveLength(2);
  });

  test('is parked where it is not, under the person that it names', async () => {
    const { account, hosted, deliver } = await lost({
      ...UNSAFE,
      body: { ...(UNSAFE.body as object), profileId: 'ann' },
    });
    later(hosted);
    expect(await deliver()).toEqual({ batchItemFailures: [] });
    expect(await everythingParked(hosted.store)).toMatchObject([{ reason: 'outcome-unknown' }]);
    expect(account.server.received).toHaveLength(1);
    const owner = `1/live/profile/${hosted.engine.deps.segment('ann')}`;
    expect((await hosted.store.query('byOwner', { owner })).items).toMatchObject([{ partition: '1/parked' }]);
  });

  test('counts as done when the session is where the call would have moved it', async () => {
    const { hosted, deliver, account } = await lost(session({ cartItems: cart(60), state: 'closed' }));
    later(hosted);
    account.fates.push(says(400, { message: 'Cannot move session to state "closed" from state "closed"' }));
    expect(await deliver()).toEqual({ batchItemFailures: [] });
    expect(hosted.lines.at(-1)).toMatchObject({ outcome: 'applied' });
    expect(await account.engine.stored(account.engine.records.profile('ann'))).toMatchObject({ closedSessions: 1 });
  });
});

test('one call that is named twice in a batch is made once', async () => {
  const account = await hostedAccount(PROMOTIONS);
  const hosted = await stage({ remotes: account.remotes() });
  const { id, ...asked } = UNSAFE;
  const twice = batch({ application: 1, requestId: 'r', ...asked }, { application: 1, requestId: 'r', ...asked });
  await handle(hosted, id, twice);
  expect(await handle(hosted, id, twice)).toEqual({ batchItemFailures: [] });
  expect(account.server.received).toHaveLength(1);
  expect(await everythingParked(hosted.store)).toEqual([]);
});
