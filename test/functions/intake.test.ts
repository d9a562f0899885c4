import { expect, test } from 'vitest';
import * as z from 'zod';
import type { CommerceEvent, Delivery } from '../../lib/commerce/event.ts';
import { reader } from '../../lib/commerce/fields.ts';
import { readJson } from '../../lib/commerce/json.ts';
import type { InterpretContext } from '../../lib/commerce/platform.ts';
import { UnauthorizedError } from '../../lib/contract/errors.ts';
import { readMessage } from '../../lib/inbox/read-message.ts';
import { eventBridge } from '../../lib/lambda/event-bridge.ts';
import { intakeHandler, type Source } from '../../lib/lambda/intake-handler.ts';
import { brokenQueue, everythingParked, fakeQueue, memoryStore, NOW, segment, shops } from '../unit/inbox/fakes.ts';
import { batch, context, keptLog } from './fakes.ts';

const read = reader(
  z.object({ project: z.string().optional(), id: z.union([z.string(), z.number()]), note: z.string() }),
);

/** A platform that says who sent it in the body, and by `note` what it says. */
const interpret = ({ body }: Delivery, { name, shop }: InterpretContext): CommerceEvent[] => {
  const { project, id, note } = read(readJson(body));
  if (project !== undefined && project !== shop.shopId) throw new UnauthorizedError();
  if (note === 'test') return [];
  const base = { shop: name, version: { updatedAt: '2026-03-01T11:00:00Z', digest: 'd' } };
  return [{ ...base, id: `${id}/${note}`, type: 'thin', resource: `order/${id}` }];
};

const FAKE: Source = { platform: { name: 'shopify', interpret } };

const SHOPS = new Map([...shops({ shopId: 'P1' })].filter(([name]) => name === 'demo'));
const TWO = new Map([...SHOPS, ...[...shops({ shopId: 'P2' })].filter(([name]) => name === 'other')]);

const intake = (over: object = {}, sources: readonly Source[] = [FAKE]) => {
  const inbox = fakeQueue();
  const { lines, log } = keptLog();
  const store = memoryStore(() => (over as { now?: () => Date }).now?.() ?? NOW);
  const deps = { shops: SHOPS, inbox, segment, store, accountId: 1, now: () => NOW, log, ...over };
  const handler = intakeHandler(sources, async () => deps);
  return {
    handler,
    inbox,
    lines,
    store,
    take: async (...bodies: unknown[]) =>
      (await handler(batch(...bodies), context())).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    queued: () => inbox.sent.map(({ body }) => (readMessage(body) as { event: CommerceEvent }).event),
  };
};

test('each message becomes its events in the inbox, in the group of what they are about', async () => {
  const { take, queued, inbox, lines } = intake();
  expect(await take({ project: 'P1', id: 1, note: 'paid' }, { project: 'P1', id: 2, note: 'paid' })).toEqual([]);
  expect(queued()).toMatchObject([
    { shop: 'demo', type: 'thin', resource: 'order/1' },
    { shop: 'demo', type: 'thin', resource: 'order/2' },
  ]);
  expect(inbox.sent[0]).toMatchObject({
    group: segment('thin', 'demo', 'order/1'),
    deduplicationId: `thin/1/paid/${NOW.getTime()}`,
  });
  expect(lines[0]).toMatchObject({
    message: 'intake',
    platform: 'shopify',
    shop: 'demo',
    delivery: '1/paid',
    outcome: 'queued',
    count: 1,
  });
});

test('what is not followed is done with', async () => {
  const { take, inbox, lines } = intake();
  expect(await take({ project: 'P1', id: 1, note: 'test' })).toEqual([]);
  expect(inbox.sent).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'ignored' }]);
});

test('a message is of the shop that it names, whichever stands first', async () => {
  const { take, queued } = intake({ shops: TWO });
  await take({ project: 'P2', id: 1, note: 'paid' }, { project: 'P1', id: 2, note: 'paid' });
  expect(queued().map(({ shop }) => shop)).toEqual(['other', 'demo']);
});

test.each([
  ['not JSON', '{"secret-note', 'unreadable'],
  ['not what the platform documents', { project: 'P1', id: 1 }, 'unreadable'],
  ['another project’s', { project: 'P9', id: 1, note: 'paid' }, 'unknown-shop'],
  ['of two shops alike', { id: 1, note: 'paid' }, 'unknown-shop'],
])('a message that is %s is parked at once, and the others go on', async (_, body, reason) => {
  const { take, queued, store } = intake({ shops: TWO });
  expect(await take(body, { project: 'P1', id: 2, note: 'paid' })).toEqual([]);
  expect(queued()).toHaveLength(1);
  const parked = await everythingParked(store);
  expect(parked).toMatchObject([{ reason, message: typeof body === 'string' ? body : JSON.stringify(body) }]);
  expect(parked[0]?.error).not.toContain('secret-note');
});

test('what is parked as it came is forgotten after 14 days: no erasure can find whose it is', async () => {
  let now = NOW;
  const { take, store } = intake({ now: () => now });
  await take('{');
  now = new Date(NOW.getTime() + 14 * 86_400_000 - 1_000);
  expect(await everythingParked(store)).toHaveLength(1);
  now = new Date(NOW.getTime() + 14 * 86_400_000 + 1_000);
  expect(await everythingParked(store)).toEqual([]);
});

test('a message that cannot be queued comes again, and is then queued under the same name', async () => {
  const body = { project: 'P1', id: 1, note: 'paid' };
  const away = intake({ inbox: brokenQueue });
  expect(await away.take(body)).toEqual(['m1']);
  expect(away.lines).toMatchObject([{ level: 'error', outcome: 'failed' }]);
  expect(await everythingParked(away.store)).toEqual([]);
  const { take, inbox } = intake();
  await take(body, body);
  expect(new Set(inbox.sent.map(({ deduplicationId }) => deduplicationId)).size).toBe(1);
});

test('a stage that cannot be opened gives everything back', async () => {
  const handler = intakeHandler([FAKE], () => Promise.reject(new Error('no table')));
  expect(await handler(batch('{}'), context())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
});

test('whatever the event, the handler answers', async () => {
  const { handler } = intake();
  for (const event of [null, {}, { Records: [null, {}] }, 7]) {
    expect(await handler(event, context())).toEqual({ batchItemFailures: [] });
  }
});

const bridged = (source: string, detail: string) => `{"version":"0","source":"${source}","detail":${detail}}`;
const DETAIL = '{"project":"P1","id":820982911946154508,"note":"paid"}';

test('an event of EventBridge is of the platform whose partner source sent it, and keeps the digits of its ids', async () => {
  const sources = [{ ...FAKE, unwrap: eventBridge('fake.example') }];
  const { take, queued, store } = intake({}, sources);
  const own = bridged('aws.partner/fake.example/1/x', DETAIL);
  expect(await take(own, bridged('aws.partner/fake.example.evil/1', DETAIL), bridged('aws.s3', DETAIL))).toEqual([]);
  expect(queued()).toMatchObject([{ resource: 'order/820982911946154508' }]);
  expect((await everythingParked(store)).map(({ reason }) => reason)).toEqual(['unreadable', 'unreadable']);
});

const withDomains = new Map(
  [...TWO].map(([name, shop]) => [name, { ...shop, api: { url: `https://${name}.example`, secret: 's' } }]),
);

test('a platform may read its own envelope, which then also says whose it is', async () => {
  const unwrap = eventBridge('fake.example', (event) => {
    const { detail } = readJson(event) as { detail: { payload: object; shop: string } };
    const body = Buffer.from(JSON.stringify(detail.payload));
    const delivery = { method: 'POST', query: {}, headers: {}, body };
    return { delivery, isFrom: ({ shopId }) => shopId === detail.shop };
  });
  const { take, queued } = intake({ shops: withDomains }, [{ ...FAKE, unwrap }]);
  await take(bridged('aws.partner/fake.example/1', '{"shop":"P2","payload":{"id":1,"note":"paid"}}'));
  expect(queued()).toMatchObject([{ shop: 'other' }]);
});
