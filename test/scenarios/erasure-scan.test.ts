import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { InvalidRequestError, UpstreamError, UpstreamTimeoutError } from '../../lib/contract/errors.ts';
import type { AnyOperation } from '../../lib/contract/operation.ts';
import { type OperationId, operations } from '../../lib/contract/operations/table.ts';
import { acceptedRows } from '../../lib/engine/accepted-rows.ts';
import type { EngineOperation } from '../../lib/engine/operation.ts';
import { sweepBulk } from '../../lib/engine/sweep.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import { listParked, park } from '../../lib/inbox/park.ts';
import { pauseShop } from '../../lib/inbox/pause.ts';
import type { PublishDeps } from '../../lib/inbox/publish.ts';
import { publish } from '../../lib/inbox/publish.ts';
import type { IncomingMessage, OutgoingMessage } from '../../lib/inbox/queue.ts';
import { resumeShop } from '../../lib/inbox/resume.ts';
import { listOutbox } from '../../lib/inbox/waiting.ts';
import { workTarget } from '../../lib/inbox/work-target.ts';
import { callsWith } from '../../lib/lambda/calls.ts';
import { erasureTargets } from '../../lib/lambda/erasure-targets.ts';
import type { HttpAnswer } from '../../lib/lambda/http-answer.ts';
import { jsonLogger } from '../../lib/lambda/logger.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import { acceptRequest } from '../../lib/privacy/accept.ts';
import { EXPORT_SEAL, makeExport } from '../../lib/privacy/access.ts';
import { PERSON_SEAL } from '../../lib/privacy/person.ts';
import { receiptKey } from '../../lib/privacy/receipt-key.ts';
import { listReceipts } from '../../lib/privacy/receipts.ts';
import { listRequests } from '../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../lib/privacy/request.ts';
import { type RunDeps, runErasures, verifyErasures } from '../../lib/privacy/run.ts';
import { Privacy } from '../../lib/privacy/settings.ts';
import { openDynamoDbStore } from '../../lib/store/dynamodb.ts';
import { sealFor } from '../../lib/store/seal.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { context, request as httpRequest } from '../functions/fakes.ts';
import { canRunDynamoDbLocal, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { application, campaign, ENGINE, snapshot, testEngine, watched } from '../support/engine.ts';
import { searchFor } from '../support/needles.ts';
import { type OddPerson, oddPeople } from '../support/odd-people.ts';
import { sampleBody, shopSettings, testShop } from '../support/shop.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SECRET = 'a secret of the scan';

/** Where a thousand writes need not wait for a disk. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const HOSTED = 2;

const PROMOTIONS = snapshot({
  campaigns: [campaign({ coupons: [{ id: 11, value: 'SUMMER', usageLimit: 0 }] })],
});

const MONEY = (amount: string, currency = 'EUR') => ({ shop_money: { amount, currency_code: currency } });

/** All of a stage that keeps or says anything: two shops of the engine's, one of a hosted account's, and privacy. */
const stageOn = (store: Store, clock: { now: Date }) => {
  const hosted = testEngine(PROMOTIONS, openSqliteStore(':memory:'));
  let mood: 'fine' | 'down' | 'lost' | 'rude' = 'fine';
  let quote: OddPerson | undefined;
  const upstream = { verb: 'POST', path: '/v1/events' } as never;
  const caller = (async (row: AnyOperation, request: never) => {
    if (mood === 'down') throw new UpstreamError('it is away', upstream, 'retry');
    if (mood === 'lost') throw new UpstreamTimeoutError('no answer', upstream);
    if (mood === 'rude') {
      const details = `there is no ${quote?.name}, ${quote?.phone}`;
      const refusal = new InvalidRequestError([{ title: 'Unknown', details, source: { pointer: '/body' } }]);
      throw Object.assign(refusal, { upstream });
    }
    const method = hosted.api[row.id as OperationId] as (request: never, call: unknown) => Promise<object>;
    const answer = await method(request, hosted.call);
    // Rules of the account quote what they know.
    const effect = { campaignId: 1, rulesetId: 1, ruleIndex: 0, ruleName: 'r' };
    const quoting = quote && [
      {
        ...effect,
        effectType: 'showNotification',
        props: { notificationType: 'Info', title: quote.name, body: quote.home },
      },
      { ...effect, effectType: 'updateAttribute', props: { path: 'Profile.Phone', value: quote.phone } },
    ];
    return quoting && answer && 'effects' in answer ? { ...answer, effects: quoting } : answer;
  }) as never;
  const remotes: Remotes = (id) => (id === HOSTED ? { environment: 'live', caller: async () => caller } : undefined);

  const logged: string[] = [];
  const log = jsonLogger(
    (line) => logged.push(line),
    () => clock.now,
    'test',
  );
  const shop = testShop(PROMOTIONS, watched(store), remotes, {
    log: (line) => (line.outcome === 'failed' ? log.error : log.info)('inbox', line),
    warn: (error) => log.error('inbox', { error }),
  });
  // One clock for all.
  Object.defineProperty(shop.clock, 'now', { get: () => clock.now });
  shop.shops.set('away', shopSettings({ application: HOSTED, shopId: '3' }));
  shop.shops.set(
    'hooked',
    shopSettings({ shopId: '4', effects: { webhook: { url: 'https://hooked.test/', secrets: ['effects'] } } }),
  );
  const { accountId, segment, now } = shop.deps;
  const base = { store: shop.store, accountId, segment, now };
  const calls = { engine: shop.deps, remotes, ...callsWith({ engine: shop.deps, remotes }) };
  const work = workTarget({
    ...base,
    shops: shop.shops,
    environmentOf: calls.environmentOf,
    acceptedRows: () => acceptedRows(shop.deps),
  });
  const targetsOf = erasureTargets({
    calls,
    applications: async () => [application()],
    remotes: new Map([[HOSTED, { environment: 'live', secret: 'remote' } as never]]),
    work,
  });
  const exportSeal = sealFor(SECRET, EXPORT_SEAL);
  const deps: RunDeps & Parameters<typeof acceptRequest>[1] = {
    ...base,
    // As the inbox of these tests seals.
    seal: sealFor('test', PERSON_SEAL),
    settings: Privacy.parse({ brake: { requests: 5_000, percent: 100 }, perRun: 1_000 }),
    key: receiptKey(SECRET),
    about: {},
    recipients: [],
    mayBegin: () => true,
    targets: targetsOf,
    purge: () => store.purge(),
    log: (line) => log.info('privacy', line),
    countProfiles: async () => 1_000_000,
    export: (request, person) =>
      makeExport(request, person, { ...base, seal: exportSeal, hosted: async function* () {} }),
    callBack: async () => {},
  };
  const answers: string[] = [];
  const lost: IncomingMessage[] = [];
  const http = async (id: OperationId, event: Parameters<typeof httpRequest>[0]): Promise<number> => {
    const operation = ENGINE[id] as unknown as EngineOperation<AnyOperation>;
    const handler = operationHandler(operations[id] as AnyOperation, operation, async () => ({
      ...{ calls, engine: shop.deps, authenticate: async () => 1, maxBodyBytes: 1_000_000, log },
    }));
    const answer = (await handler(httpRequest(event), context())) as HttpAnswer;
    answers.push(JSON.stringify(answer));
    return answer.statusCode ?? 0;
  };
  /** What a delivery of the platform becomes in the queue. */
  const messagesOf = async (topic: string, body: string, to: string): Promise<OutgoingMessage[]> => {
    const settings = shop.shops.get(to) ?? shopSettings();
    const delivery = { method: 'POST', query: {}, headers: { 'x-shopify-topic': topic }, body: Buffer.from(body) };
    const about = { name: to, shop: settings, pseudonym: (text: string) => segment('guest', text) };
    const sent: OutgoingMessage[] = [];
    const inbox = { send: async (message: OutgoingMessage) => void sent.push(message) };
    for (const event of shopify.interpret(delivery, about))
      await enqueueEvent(event, settings, { inbox, segment, now });
    return sent;
  };
  const arrived = (message: Pick<OutgoingMessage, 'body' | 'group'>, sentAt = clock.now): IncomingMessage => ({
    id: randomUUID(),
    group: message.group ?? randomUUID(),
    body: message.body,
    sentAt,
  });
  return {
    ...{ shop, hosted, deps, base, log, logged, answers, lost, http, messagesOf, arrived },
    setMood: (next: typeof mood, about?: OddPerson) => {
      mood = next;
      quote = about;
    },
  };
};
type Stage = ReturnType<typeof stageOn>;

const customerBody = (
  { customer = '', name, nickname, email, home, work, phone, mobile }: OddPerson,
  at: string,
  tags = `${name},${home}`,
): string =>
  sampleBody('customers/update', {
    ...{ id: Number(customer), admin_graphql_api_id: `gid://shopify/Customer/${customer}` },
    ...{
      email,
      first_name: name,
      last_name: nickname,
      phone,
      tags,
      state: 'enabled',
      updated_at: at,
    },
    default_address: { country_code: 'DE', name, address1: home, address2: work, phone: mobile },
  });

/** Another record of theirs, which the shop found to be the same customer's. */
const mergedId = ({ customer = '' }: OddPerson): string => `9${customer}`;

const mergeBody = (person: OddPerson): string =>
  JSON.stringify({
    admin_graphql_api_customer_kept_id: `gid://shopify/Customer/${person.customer}`,
    admin_graphql_api_customer_deleted_id: `gid://shopify/Customer/${mergedId(person)}`,
    status: 'completed',
  });

const orderBody = (person: OddPerson, shopCurrency: string, over: object = {}): string => {
  const { index, customer, name, nickname, email, home, work, phone, mobile } = person;
  return sampleBody('orders/updated', {
    ...{ id: 5_000 + index, admin_graphql_api_id: `gid://shopify/Order/${5_000 + index}` },
    ...{ checkout_token: `cart-${index}`, cart_token: null, currency: shopCurrency, test: false, cancelled_at: null },
    ...{ financial_status: 'paid', updated_at: '2026-06-01T10:00:00Z', total_price: '35.00', email, phone },
    ...{ contact_email: email, note: nickname, total_price_set: MONEY('35.00', shopCurrency), shipping_lines: [] },
    ...{
      discount_codes: [],
      order_status_url: null,
      billing_address: { name, address1: home, address2: work, phone: mobile },
    },
    customer:
      customer === undefined
        ? null
        : { id: Number(customer), admin_graphql_api_id: `gid://shopify/Customer/${customer}`, email },
    line_items: [
      {
        ...{ id: 1, admin_graphql_api_id: 'gid://shopify/LineItem/1', sku: 'A', title: 'A', name: 'A', quantity: 1 },
        ...{ price: '35.00', price_set: MONEY('35.00', shopCurrency) },
      },
    ],
    ...over,
  });
};

const facts = ({ index: _, id: __, customer: ___, ...told }: OddPerson) => told;

const CART = [{ name: 'Tea', sku: 'tea', quantity: 1, price: 60 }];

const callMessage = (operation: string, request: object, over: object = {}) => ({
  body: JSON.stringify({
    ...{ v: 1, kind: 'operation', application: 1, operation, request, requestId: randomUUID() },
    receivedAt: '2026-06-01T11:00:00.000Z',
    ...over,
  }),
});

const sessionCall = (person: OddPerson, id: string, over: object = {}) => ({
  params: { customerSessionId: id },
  query: {},
  body: {
    customerSession: {
      ...{ profileId: person.id, attributes: facts(person), identifiers: [person.phone], cartItems: CART },
      ...over,
    },
  },
});

const eventCall = (person: OddPerson, sessionId: string) => ({
  params: {},
  query: {},
  body: { type: 'visit', sessionId, profileId: person.id, attributes: facts(person) },
});

const oneOf = async (stage: Stage, topic: string, body: string, to: string): Promise<IncomingMessage> => {
  const [message] = await stage.messagesOf(topic, body, to);
  if (!message) throw new Error(`nothing came of ${topic}`);
  return stage.arrived(message);
};

const publishing = ({ base, shop }: Stage, sent: OutgoingMessage[]): PublishDeps => ({
  ...base,
  shops: shop.shops,
  queue: { send: async (message) => void sent.push(message) },
  post: async () => ({ status: 410 }),
  random: () => 0,
});

/** Everything that this system keeps of people who call it directly, each person in some of the places. */
const PLACES: readonly ((stage: Stage, person: OddPerson) => Promise<unknown>)[] = [
  async ({ shop }, person) => {
    await shop.session(`s-${person.index}`, {
      ...{
        profileId: person.id,
        attributes: facts(person),
        identifiers: [person.phone, person.id],
        couponCodes: ['SUMMER'],
      },
      cartItems: [{ ...CART[0], attributes: { engraving: person.name } }],
    });
    await shop.session(`s-${person.index}`, { state: 'closed' });
  },
  async ({ shop }, person) => {
    await shop.session(`a-${person.index}`, { cartItems: CART });
    await shop.event(`a-${person.index}`, { attributes: facts(person) });
    await shop.session(`a-${person.index}`, { profileId: person.id });
    await shop.event(`a-${person.index}`, { profileId: person.id, attributes: facts(person) });
  },
  async ({ shop }, person) => {
    await shop.referral(person.id, { attributes: facts(person) });
    await shop.referral(`advocate-${person.index}`, { friendProfileIntegrationId: person.id });
    await shop.referrals([person.id, 'crowd'], { attributes: {} });
    await shop.reserve('SUMMER', [person.id]);
  },
  // Refused for good: its session is closed.
  async (stage, person) => {
    await stage.shop.session(`c-${person.index}`, { cartItems: CART, couponCodes: ['SUMMER'] });
    await stage.shop.session(`c-${person.index}`, { state: 'closed' });
    const call = sessionCall(person, `c-${person.index}`, { state: 'open' });
    await stage.shop.process([stage.arrived(callMessage('updateCustomerSessionV2', call))]);
  },
  // Of an operation that there is not, and of an Application that there is not.
  async (stage, person) => {
    const about = { profileId: person.id, ...facts(person) };
    await stage.shop.process([
      stage.arrived(callMessage('awardPoints', { params: { integrationId: person.id }, query: {}, body: about })),
    ]);
    const old = new Date(stage.base.now().getTime() - 11 * DAY);
    await stage.shop.process([
      stage.arrived(callMessage('trackEvent', eventCall(person, 'nowhere'), { application: 99 }), old),
    ]);
  },
  // What nobody can read: of newer code, cut off, with everything escaped, and no JSON at all.
  async (stage, person) => {
    const { body } = callMessage('trackEvent', eventCall(person, 'later'), { v: 9 });
    const ascii = body.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const unreadable of [ascii, JSON.stringify({ detail: body }), body.slice(0, -2)]) {
      await stage.shop.process([stage.arrived({ body: unreadable })]);
    }
  },
  // A fault of ours that outlived the retries.
  async (stage, person) => {
    const { store } = stage.shop;
    store.beforeWrite = () => {
      store.beforeWrite = () => {};
      throw new Error(`cannot write ${person.name}`);
    };
    const message = callMessage('trackEvent', eventCall(person, `e-${person.index}`));
    await stage.shop.process([stage.arrived(message, new Date(stage.base.now().getTime() - DAY))]);
  },
  // At the hosted account: applied, refused with words of its own, outlasted, and with an outcome that nobody knows.
  async (stage, person) => {
    const over = { application: HOSTED };
    const send = (message: { body: string }, ageMs = 0) =>
      stage.shop.process([stage.arrived(message, new Date(stage.base.now().getTime() - ageMs))]);
    stage.setMood('fine', person);
    await send(callMessage('updateCustomerSessionV2', sessionCall(person, `h-${person.index}`), over));
    stage.setMood('rude', person);
    await send(callMessage('updateCustomerSessionV2', sessionCall(person, `r-${person.index}`), over));
    stage.setMood('down');
    await send(callMessage('trackEvent', eventCall(person, `h-${person.index}`), over), 11 * DAY);
    stage.setMood('lost');
    const unknown = stage.arrived(callMessage('trackEvent', eventCall(person, `l-${person.index}`), over));
    await stage.shop.process([unknown]);
    stage.setMood('fine');
    stage.lost.push(unknown);
  },
];

/** Everything that is kept of a shop's customers. */
const OF_SHOPS: readonly ((stage: Stage, person: OddPerson) => Promise<unknown>)[] = [
  // Links, History, traces, sessions, the outbox.
  async (stage, person) => {
    await stage.shop.process([
      await oneOf(stage, 'customers/update', customerBody(person, '2026-06-01T10:00:00Z'), 'test'),
      await oneOf(stage, 'orders/updated', orderBody(person, 'EUR'), 'test'),
      await oneOf(stage, 'customers/merge', mergeBody(person), 'test'),
    ]);
    await stage.shop.profile(person.id, { attributes: facts(person) });
  },
  // A guest who became a customer later.
  async (stage, person) => {
    const { customer: _, ...guest } = person;
    await stage.shop.process([await oneOf(stage, 'orders/updated', orderBody(guest, 'EUR'), 'hooked')]);
    await stage.shop.process([
      await oneOf(stage, 'customers/update', customerBody(person, '2026-06-01T10:00:00Z'), 'hooked'),
    ]);
  },
  // Parked: in a currency that the shop does not have, of a shop that nobody knows, and as a platform's own bytes.
  async (stage, person) => {
    const order = await oneOf(stage, 'orders/updated', orderBody(person, 'JPY'), 'test');
    const known = await oneOf(stage, 'customers/update', customerBody(person, '2026-06-01T10:00:00Z'), 'test');
    const gone = { ...known, body: known.body.replaceAll('"shop":"test"', '"shop":"gone"') };
    const newer = { ...known, id: randomUUID(), body: known.body.replace('"v":1', '"v":7') };
    await stage.shop.process([order, gone, newer]);
    const raw = orderBody(person, 'EUR');
    const at = stage.base.now();
    await park(
      {
        ...{
          id: randomUUID(),
          message: JSON.stringify({ 'detail-type': 'shopifyWebhook', detail: { payload: JSON.parse(raw) } }),
        },
        ...{
          reason: 'unreadable',
          error: 'it is of no platform that this queue takes',
          at,
          sentAt: at,
          owner: undefined,
        },
      },
      stage.base,
    );
  },
  // Held, because the shop is paused.
  async (stage, person) => {
    await stage.shop.process([
      await oneOf(stage, 'customers/update', customerBody(person, '2026-06-01T10:00:00Z'), 'other'),
      await oneOf(stage, 'orders/updated', orderBody(person, 'EUR'), 'other'),
    ]);
  },
  // At the hosted account, with effects that quote.
  async (stage, person) => {
    stage.setMood('fine', person);
    await stage.shop.process([await oneOf(stage, 'orders/updated', orderBody(person, 'EUR'), 'away')]);
    stage.setMood('fine');
  },
];

const SHOPS = ['test', 'hooked', 'test', 'other', 'away'] as const;

const shopIndex = ({ index }: OddPerson): number => ((index % 10) + Math.floor(index / 10)) % SHOPS.length;

const shopOf = (person: OddPerson): string => SHOPS[shopIndex(person)] ?? 'test';

const shopIds = (stage: Stage, to: string): number => Number(stage.shop.shops.get(to)?.shopId);

const seed = async (stage: Stage, people: readonly OddPerson[], pass: (ms: number) => void): Promise<void> => {
  await pauseShop('other', stage.base);
  pass(MINUTE);
  await stage.shop.profiles(people.map((person) => ({ integrationId: person.id, attributes: facts(person) })));
  for (const person of people) {
    if (person.customer === undefined) await PLACES[person.index % PLACES.length]?.(stage, person);
    else await OF_SHOPS[shopIndex(person)]?.(stage, person);
  }
  const sent: OutgoingMessage[] = [];
  for await (const item of listOutbox(stage.shop.store, 1)) {
    if ((item.data as { shop?: string }).shop === 'hooked') await publish(item.key, publishing(stage, sent));
  }
  pass(2 * MINUTE);
  await stage.shop.process(stage.lost);
};

/** A call on all of them that is accepted, and dies. */
const acceptRows = async ({ shop }: Stage, people: readonly OddPerson[]): Promise<void> => {
  const from = shop.store.trips.write;
  shop.store.beforeWrite = (count) => {
    if (count > from + 1) throw new Error('power cut');
  };
  // As many as one write cannot take.
  const crowd = Array.from({ length: 90 }, (_, index) => ({ integrationId: `crowd-${index}` }));
  const rows = people.map((person) => ({ integrationId: person.id, attributes: { ...facts(person), accepted: true } }));
  await shop.profiles([...crowd, ...rows]).catch(() => {});
  shop.store.beforeWrite = () => {};
};

const wish = async (stage: Stage, person: OddPerson, kind: 'erasure' | 'access'): Promise<void> => {
  const { customer, email, id, index } = person;
  const to = shopOf(person);
  if (customer !== undefined) {
    const body = {
      ...{
        shop_id: shopIds(stage, to),
        shop_domain: 'x.test',
        customer: { id: Number(customer), email, phone: person.phone },
      },
      ...(kind === 'erasure'
        ? { orders_to_redact: [] }
        : { orders_requested: [], data_request: { id: 9_000 + index } }),
    };
    const topic = kind === 'erasure' ? 'customers/redact' : 'customers/data_request';
    await stage.shop.process([await oneOf(stage, topic, JSON.stringify(body), to)]);
  } else if (index % 3 === 0 && id.length <= 200) {
    const message = {
      v: 1,
      kind: 'privacy',
      request: kind,
      environment: 'live',
      profile: id,
      sourceId: `${kind} ${index} ${person.phone}`,
    };
    await stage.shop.process([
      stage.arrived({ body: JSON.stringify({ ...message, receivedAt: stage.base.now().toISOString() }) }),
    ]);
  } else {
    await acceptRequest(
      {
        ...{ kind, source: 'officer', sourceId: `${kind} of ${person.name}`, environment: 'live', regulation: 'gdpr' },
        ...{ profiles: [id], received: stage.base.now(), graceDays: 0 },
      },
      stage.deps,
    );
  }
};

/** What comes in late, and is answered. @returns what the webhooks put into the queue. */
const comeLate = async (
  stage: Stage,
  people: readonly OddPerson[],
  at: string,
  isErased: boolean,
): Promise<OutgoingMessage[]> => {
  const queued: OutgoingMessage[] = [];
  for (const person of people) {
    const { id, index } = person;
    if (person.customer !== undefined) {
      const to = shopOf(person);
      const messages = [
        ...(await stage.messagesOf('customers/update', customerBody(person, at, 'late'), to)),
        ...(await stage.messagesOf(
          'orders/updated',
          orderBody(person, 'EUR', { updated_at: at, id: 90_000 + index }),
          to,
        )),
      ];
      queued.push(...messages);
      await stage.shop.process(messages.map((message) => stage.arrived(message)));
      continue;
    }
    const body = { ...facts(person) };
    const params = { integrationId: id };
    expect(await stage.http('updateCustomerProfileV2', { params, body: { attributes: body } })).toBe(409);
    expect(
      await stage.http('trackEvent', {
        body: { type: person.name, sessionId: `late-${index}`, profileId: id, attributes: 5 },
      }),
    ).toBe(400);
    expect(await stage.http('createReferral', { body: { campaignId: 1, advocateProfileIntegrationId: id } })).toBe(409);
    const session = sessionCall(person, `late-${index}`, { state: 'closed' });
    expect(await stage.http('updateCustomerSessionV2', { params: session.params, body: session.body })).toBe(200);
    if (isErased) expect(await stage.http('getCustomerInventory', { params, query: 'profile=true' })).toBe(404);
    await stage.shop.process([
      stage.arrived(callMessage('updateCustomerSessionV2', sessionCall(person, `later-${index}`))),
      stage.arrived(callMessage('trackEvent', eventCall(person, `later-${index}`), { application: HOSTED })),
    ]);
  }
  return queued;
};

const requestsOf = async ({ deps }: Stage): Promise<PrivacyRequest[]> =>
  (await Array.fromAsync(listRequests(deps))).map(({ request }) => request);

/** What kind of item it is, from its key. */
const placeOf = ({ key: { partition } }: Item): string => {
  const [, second = '', third = ''] = partition.split('/');
  return /^(\d+|live)$/.test(second) ? third : second;
};

/** What people are searched by; beside the thousand also the guests that they were. Merged ids have theirs in them. */
const valuesOf = (people: readonly OddPerson[], { segment }: Stage['base']) =>
  people.flatMap(({ index, id, customer, ...told }) => [
    { name: `guest ${index}`, value: `guest:${segment('guest', told.email.normalize('NFC').trim().toLowerCase())}` },
    { name: `id ${index}`, value: customer ?? id },
    ...Object.entries(told).map(([field, value]) => ({ name: `${field} ${index}`, value })),
  ]);

const told = (found: ReadonlyMap<string, string>): string[] => [...found].map(([name, shape]) => `${name} as ${shape}`);

const sweep = (stage: Stage) =>
  sweepBulk(Object.values(ENGINE).filter((each) => 'accept' in each) as never, stage.shop.deps, {
    mayBegin: () => true,
    warn: () => {},
  });

/** Something of the store's own that may hold data, as it lies there. */
interface Raw {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Lets people live everywhere, erases them, and looks for them before and after. */
const scan = async (store: Store, clock: { now: Date }, people: readonly OddPerson[], raw: () => Promise<Raw[]>) => {
  const pass = (ms: number) => {
    clock.now = new Date(clock.now.getTime() + ms);
  };
  const stage = stageOn(store, clock);
  const search = searchFor(valuesOf(people, stage.base));
  const inside = async () =>
    (await raw()).flatMap(({ name, content }) => told(search.find(content)).map((each) => `${name}: ${each}`));
  const inItems = async () => {
    const places = new Map<string, Set<string>>();
    for (const item of await stage.shop.store.items()) {
      const found = search.find(JSON.stringify(item));
      if (found.size > 0) places.set(placeOf(item), new Set([...(places.get(placeOf(item)) ?? []), ...told(found)]));
    }
    return places;
  };

  await seed(stage, people, pass);
  // An access request's answer is sealed.
  for (const person of people.slice(0, people.length / 3)) await wish(stage, person, 'access');
  await runErasures(stage.deps);
  pass(2 * MINUTE);
  await acceptRows(stage, people);

  const exported = async () =>
    (await stage.shop.store.items()).filter(({ key }) => key.partition.startsWith('1/privacy/export/')).length;
  expect(await exported()).toBeGreaterThan(people.length / 3);
  const before = await inItems();
  const odd = (found: readonly string[]) =>
    new Set(found.map((each) => each.split(' as ')[0] ?? '').filter((each) => !each.startsWith('guest')));
  expect(odd([...before.values()].flatMap((found) => [...found])).size).toBe(8 * people.length);
  const places = [...before.keys()].sort();
  expect(odd((await inside()).map((each) => each.replace(/^\S+: /, ''))).size).toBe(8 * people.length);
  const reasons = new Set((await Array.fromAsync(listParked(stage.base))).map(({ reason }) => reason));

  for (const person of people) await wish(stage, person, 'erasure');
  const suppressedAt = stage.logged.length;
  const queued = await comeLate(stage, people, '2026-06-01T10:30:00Z', false);
  pass(20 * MINUTE);
  await sweep(stage);
  await runErasures(stage.deps);
  pass(2 * MINUTE);
  await runErasures(stage.deps);
  const erasures = async () => (await requestsOf(stage)).filter(({ kind }) => kind === 'erasure');
  expect(new Set((await erasures()).map(({ status, reason }) => `${status} ${reason}`))).toEqual(
    new Set(['completed undefined']),
  );

  // What was held comes back, and what had parked is tried once more.
  const outgoing: OutgoingMessage[] = [...stage.shop.hints];
  await resumeShop('other', {
    ...stage.base,
    inbox: {
      send: async (message) => {
        outgoing.push(message);
        await stage.shop.process([stage.arrived(message)]);
      },
    },
    wait: async () => {},
    pace: async () => {},
    progress: () => {},
  });
  for await (const item of listOutbox(stage.shop.store, 1)) await publish(item.key, publishing(stage, outgoing));
  for await (const { message, group } of listParked(stage.base)) {
    outgoing.push({ body: message, ...(group !== undefined && { group }) });
  }
  queued.push(...(await comeLate(stage, people.slice(0, people.length / 4), '2026-06-01T11:00:00Z', true)));
  pass(DAY);
  await verifyErasures(stage.deps);
  pass(7 * DAY);
  await verifyErasures(stage.deps);
  expect(new Set((await erasures()).map(({ status }) => status))).toEqual(new Set(['verified']));

  await store.purge();
  expect([...(await inItems())].flatMap(([place, found]) => [...found].map((each) => `${place}: ${each}`))).toEqual([]);
  expect(await inside()).toEqual([]);
  expect(await exported()).toBe(0);
  const hostedItems = await stage.hosted.store.items();
  expect(told(search.find(JSON.stringify(hostedItems)))).toEqual([]);
  expect(told(search.find(JSON.stringify(outgoing)))).toEqual([]);
  // A webhook looks nobody up: what it sends names a customer by the shop's number, a guest by a pseudonym, and nothing else.
  expect(told(search.find(JSON.stringify(queued))).filter((each) => !/^(id|guest) /.test(each))).toEqual([]);
  expect(told(search.find(JSON.stringify(queued.map(({ body: _, ...attributes }) => attributes))))).toEqual([]);
  expect(told(search.find(stage.logged.slice(suppressedAt).join('')))).toEqual([]);
  expect(told(search.find(stage.answers.join('\n')))).toEqual([]);
  const proofs = [await Array.fromAsync(listReceipts(stage.deps)), await requestsOf(stage)];
  expect(told(search.find(JSON.stringify(proofs)))).toEqual([]);
  return { places, reasons };
};

test('a thousand odd names, addresses, phones and ids are found in every place before the erasure, and nowhere after it', async () => {
  const folder = mkdtempSync(join(MEMORY, 'erasure-scan-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = { now: new Date('2026-06-01T12:00:00Z') };
  const store = openSqliteStore(join(folder, 'store.db'), { now: () => clock.now });
  // Free pages and the write-ahead log, too.
  const { places, reasons } = await scan(store, clock, oddPeople(125), async () =>
    readdirSync(folder).map((name) => ({ name, content: readFileSync(join(folder, name)) })),
  );
  // Nothing that keeps anything was left out.
  expect(places).toEqual([
    ...['bulk', 'coupon', 'event', 'held', 'history', 'links', 'outbox', 'parked', 'profile', 'referral', 'session'],
  ]);
  expect([...reasons].sort()).toEqual([
    'outcome-unknown',
    'outlasted',
    'refused',
    'unexpected',
    'unknown-operation',
    'unknown-shop',
    'unknown-version',
    'unreadable',
    'unusable',
  ]);
}, 120_000);

test.skipIf(!canRunDynamoDbLocal())(
  'so are those of a few people on DynamoDB, whose items are deflated',
  async () => {
    const local = await startDynamoDbLocal();
    onTestFinished(() => local.stop());
    await local.createTable('scan');
    const clock = { now: new Date('2026-06-01T12:00:00Z') };
    const store = openDynamoDbStore({ table: 'scan', client: local.client, now: () => clock.now });
    await scan(store, clock, oddPeople(4), async () => {
      const found: Raw[] = [];
      for await (const { Items = [] } of paginateScan({ client: local.client }, { TableName: 'scan' })) {
        for (const { d, ...attributes } of Items) {
          const data = d?.B === undefined ? d?.S : inflateRawSync(d.B).toString();
          found.push({ name: attributes.pk?.S ?? '', content: `${JSON.stringify(attributes)} ${data}` });
        }
      }
      return found;
    });
  },
  120_000,
);
