import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TYPES } from '../../../lib/commerce/platforms/stripe/interpret.ts';
import { readShops, type Shop } from '../../../lib/commerce/shops.ts';
import { ConfigurationError } from '../../../lib/contract/errors.ts';
import { deliveryNotes } from '../../../lib/inbox/last-delivery.ts';
import { commerceMessage } from '../../../lib/inbox/message.ts';
import { pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import type { OutgoingMessage } from '../../../lib/inbox/queue.ts';
import { writeNote } from '../../../lib/inbox/reconcile-note.ts';
import { keyItem } from '../../../lib/lambda/keys.ts';
import { readPromotions } from '../../../lib/promotions/file.ts';
import { publish } from '../../../lib/promotions/publish.ts';
import { GUIDES } from '../../../lib/tools/connect-guides.ts';
import { runOpsCommand } from '../../../lib/tools/ops-command.ts';
import type { OpenedOps } from '../../../lib/tools/ops-deps.ts';
import { PLATFORM_NAMES } from '../../../lib/tools/platforms.ts';
import { Refusal } from '../../../lib/tools/refusal.ts';
import { json, testServer } from '../../support/http-server.ts';
import * as woo from '../commerce/platforms/woocommerce/samples.ts';
import { type Held, openShop, SHOP_APIS, type ShopApi } from '../commerce/shop-apis.ts';
import { EFFECT, eventMessage, inbox, orderEvent, received, segment } from '../inbox/fakes.ts';

const api = SHOP_APIS.find(({ name }) => name === 'woocommerce') as ShopApi;

let time: Date;
let orders: Held[];
let sent: OutgoingMessage[];
let waits: number[];
let folder: string;

beforeEach(async () => {
  time = new Date('2026-06-10T12:00:00Z');
  orders = [1, 2, 3, 4].map((id) => ({ id, changed: `2026-06-10T0${id}:00:00Z` }));
  sent = [];
  waits = [];
  folder = await mkdtemp(join(tmpdir(), 'ops-shop-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A shop `demo` whose API answers, and what the commands say of it. */
const setting = async (over: Partial<Shop> = {}) => {
  const { context } = await openShop(api, () => orders, time);
  const shops = readShops({ shops: { demo: { ...context.shop, ...over } } });
  const consumer = inbox({ now: () => time, shops, api: { effects: [EFFECT] } });
  const run = async (
    words: readonly string[],
    opened: Partial<OpenedOps> = {},
    wait: (milliseconds: number) => Promise<void> = async (milliseconds) => void waits.push(milliseconds),
  ) => {
    const printed: string[] = [];
    let failed = false;
    await runOpsCommand(words, {
      open: async () => ({
        store: { ...consumer.deps.store, close: async () => {} },
        accountId: 1,
        segment: () => segment,
        inbox: async () => ({ send: async (message) => void sent.push(message), waiting: async () => 3 }),
        depths: async () => [],
        shops: async () => [...shops.keys()],
        settings: async () => ({ shops, remotes: new Map() }),
        secrets: async () => ({ get: async (names) => names.map(() => context.apiSecret) }),
        address: 'http://localhost:3000',
        logLines: undefined,
        ...opened,
      }),
      now: () => time,
      wait,
      print: (text) => void printed.push(text),
      show: () => {},
      fail: () => {
        failed = true;
      },
      fetch,
    });
    return { text: printed.join('\n'), failed };
  };
  const deliver = async () => {
    for (const { body } of sent.splice(0)) await processInbox([received(body)], consumer.deps);
  };
  return { run, deliver, consumer, shops };
};

const words = (text: string): string[] => text.split(' ');

const refusal = async (text: string, opened?: Partial<OpenedOps>): Promise<string> => {
  const { run } = await setting();
  const error = await run(words(text), opened).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error.message;
  throw error ?? new Error('it was expected to be refused');
};

describe('backfill of a shop', () => {
  const DO = words('backfill demo --since 2026-06-01 --yes');

  test('says what it would send, and sends nothing', async () => {
    const { run } = await setting();
    const { text, failed } = await run(words('backfill demo --since 2026-06-01'));
    expect(text).toContain('4 missing: never applied');
    expect(text).toContain('would send 4 to the inbox, their effects are published, in about 1 s. Do it: --yes');
    expect(sent).toEqual([]);
    expect(failed).toBe(false);
  });

  test('sends each order once, however often it is asked to, as fast as it may', async () => {
    const { run, deliver, consumer } = await setting();
    expect((await run([...DO, '--rate', '20'])).text).toContain('4 sent to the inbox');
    expect(waits.filter((each) => each === 50)).toHaveLength(4);
    expect((await run(DO)).text).toContain('4 were sent before and are not applied yet');
    expect(sent).toHaveLength(4);
    await deliver();
    const calls = consumer.calls.length;
    expect((await run(DO)).text).toContain('4 read, 4 need nothing; 0 sent to the inbox');
    await deliver();
    expect(consumer.calls).toHaveLength(calls);
  });

  test('goes on where it was interrupted', async () => {
    const { run } = await setting();
    let left = 2;
    const send = async (message: OutgoingMessage) => {
      if (left-- <= 0) throw new Error('killed');
      sent.push(message);
    };
    await expect(run(DO, { inbox: async () => ({ send, waiting: async () => 0 }) })).rejects.toThrow('killed');
    await run(DO);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ deduplicationId }) => deduplicationId)).size).toBe(4);
  });

  test('without effects publishes none', async () => {
    const { run, deliver, consumer } = await setting();
    expect((await run([...DO, '--no-effects'])).text).toContain('their effects are published to nobody');
    await deliver();
    expect(consumer.calls).not.toEqual([]);
    expect(consumer.hints.sent).toEqual([]);
  });

  test('needs an api, and a platform that tells what was changed', async () => {
    const { run } = await setting({ api: undefined });
    await expect(run(DO)).rejects.toThrow('has no `api` in shops.yaml');
    const standard = await setting({ platform: 'standard' });
    await expect(standard.run(DO)).rejects.toThrow('standard cannot be asked what was changed');
  });
});

describe('backfill of a file', () => {
  const document = (id: number, more: object = {}) => ({
    type: 'order',
    id,
    updatedAt: '2026-01-01T12:00:00Z',
    currency: 'EUR',
    customer: 'c7',
    lines: [{ sku: 'SHIRT', quantity: 1, price: '9.99' }],
    payment: 'paid',
    ...more,
  });

  const fileOf = async (...lines: unknown[]) => {
    const file = join(folder, 'orders.ndjson');
    await writeFile(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    return file;
  };

  test('sends its documents, and names each line that it cannot read', async () => {
    const { run, deliver, consumer } = await setting();
    const file = await fileOf(
      document(1),
      '{',
      document(2, { payment: 'perhaps', email: 'ann@example.com' }),
      '',
      document(3),
    );
    const { text, failed } = await run(['backfill', file, '--shop', 'demo', '--yes']);
    expect(text).toContain('2 sent to the inbox');
    expect(text).toMatch(/line 2: .*Invalid JSON/);
    expect(text).toMatch(/line 3: .*payment/);
    expect(text).not.toContain('@');
    expect(failed).toBe(true);
    await deliver();
    expect(consumer.calls.map(({ request }) => request)).toMatchObject([
      { params: { customerSessionId: 'woocommerce:demo:order:1' } },
      { params: { customerSessionId: 'woocommerce:demo:order:3' } },
    ]);
    expect((await run(['backfill', file, '--shop', 'demo', '--yes'])).text).toContain('0 sent to the inbox');
  });

  test("sends the orders of a platform's own export", async () => {
    const { run } = await setting();
    const file = await fileOf(woo.order({ id: 9 }));
    await run(['backfill', file, '--shop', 'demo', '--platform', 'woocommerce', '--yes']);
    expect(JSON.parse(sent[0]?.body ?? '{}')).toMatchObject({ event: { type: 'order', order: { id: '9' } } });
  });

  test('is refused where there is none, or its orders do not stand by themselves', async () => {
    expect(await refusal('backfill nothing.ndjson --shop demo')).toBe('nothing.ndjson does not exist');
    expect(await refusal('backfill x --shop demo --platform bigcommerce')).toContain('does not stand by itself');
  });
});

describe('reconcile', () => {
  test('fails where something differs, repairs it when it is told to, and finds nothing then', async () => {
    const { run, deliver } = await setting();
    const found = await run(words('reconcile demo'));
    expect(found.failed).toBe(true);
    expect(found.text).toContain('order 2');
    expect(found.text).toContain('4 compared since 2026-06-09 11:55 UTC, 0 agree');
    expect(found.text).toContain('Next: npm run ops -- reconcile demo --repair');
    expect((await run(words('reconcile demo --repair'))).text).toContain('Would send 4');
    expect(sent).toEqual([]);
    const repaired = await run(words('reconcile demo --repair --yes'));
    expect(repaired).toMatchObject({ failed: false, text: expect.stringContaining('4 sent to the inbox') });
    await deliver();
    expect(await run(words('reconcile demo'))).toMatchObject({
      failed: false,
      text: expect.stringContaining('4 agree'),
    });
  });

  test('leaves what changed just now, and looks back as far as it is told', async () => {
    orders = [
      { id: 1, changed: '2026-06-01T00:00:00Z' },
      { id: 2, changed: '2026-06-10T11:59:00Z' },
    ];
    const { run } = await setting();
    expect(await run(words('reconcile demo'))).toMatchObject({
      failed: false,
      text: expect.stringContaining('0 compared since 2026-06-09 11:55 UTC, 0 agree; 1 changed in the last 5 minutes'),
    });
    expect((await run(words('reconcile demo --since 2026-05-31'))).text).toContain('1 compared');
  });

  test('sends nothing for a shop that is paused', async () => {
    const { run, consumer } = await setting();
    await pauseShop('demo', consumer.deps);
    await expect(run(words('reconcile demo --repair --yes'))).rejects.toThrow('demo is paused');
  });
});

describe('connect', () => {
  test.each(PLATFORM_NAMES)('tells the steps, topics, scopes, address and secrets of %s', async (platform) => {
    const { run } = await setting();
    const { text } = await run(words(`connect ${platform} --shop new --url https://api.example/ --no-wait`));
    const { topics, api: reading } = GUIDES[platform];
    for (const topic of topics) expect(text).toContain(topic);
    for (const scope of reading?.scopes ?? []) expect(text).toContain(scope);
    if (platform !== 'commercetools') expect(text).toContain(`https://api.example/webhooks/${platform}/new`);
    expect(text).toContain(`platform: ${platform}`);
    expect(text).not.toContain('{url}');
  });

  test('names every topic of Stripe that tells of a refund, and none that is not followed', () => {
    const { topics } = GUIDES.stripe;
    expect(topics.filter((topic) => !TYPES.has(topic))).toEqual([]);
    expect(topics).toEqual(expect.arrayContaining(['refund.created', 'refund.updated', 'refund.failed']));
  });

  test('waits for the first delivery, and tells of each that is refused before', async () => {
    const { run } = await setting();
    const line = (fields: object) => JSON.stringify({ message: 'webhook', platform: 'woocommerce', ...fields });
    const logLines = async function* () {
      yield 'no JSON';
      yield line({ outcome: 'refused', status: 401, reason: 'UnauthorizedError' });
      yield line({ outcome: 'refused', status: 400, reason: 'InvalidRequestError' });
      yield line({ outcome: 'queued', shop: 'other', delivery: 'no' });
      yield line({ outcome: 'queued', shop: 'demo', type: 'order', delivery: 'abc' });
      throw new Error('it went on after the first delivery');
    };
    const { text } = await run(words('connect woocommerce --shop demo'), { logLines });
    expect(text.split('\n').filter((each) => /^[✓✗]/.test(each))).toEqual([
      expect.stringContaining('refused, 401'),
      expect.stringContaining('refused, 400'),
      expect.stringContaining('trace abc'),
    ]);
  });

  test.each([
    [
      orderEvent(),
      /^✓ a delivery arrived, was let in \(order\) and is applied: session closed\. Next: npm run ops -- trace /,
    ],
    [orderEvent({ currency: 'USD' }), /^✗ a delivery .* and is parked: unusable\. Next: npm run ops -- trace /],
  ])('of a deployed stage waits until the inbox has worked on one, and says what came of it', async (event, told) => {
    const { run, consumer } = await setting();
    const deps = { ...consumer.deps, noteDelivery: deliveryNotes(consumer.deps) };
    await processInbox([eventMessage(orderEvent({ session: 'before', id: '1' }))], deps);
    const listed = orderEvent({ session: 'listed', id: '2' });
    let looks = 0;
    const wait = async () => {
      time = new Date(time.getTime() + 60_000);
      // What we asked the platform for is no delivery.
      if (++looks === 2) await processInbox([received(commerceMessage(listed, time, { listed: true }))], deps);
      if (looks === 3) await processInbox([eventMessage(event)], deps);
      if (looks > 3) throw new Error('it went on after the first delivery');
    };
    const { text } = await run(words('connect woocommerce --shop demo'), {}, wait);
    expect(text).toContain('aws logs tail /aws/lambda/promotion-functions-<stage>-woocommerceWebhook --follow');
    expect(text.split('\n').at(-1)).toMatch(told);
    expect(text).toContain(event.id);
    expect(looks).toBe(3);
  });

  test('waits in the same way for what comes by a queue', async () => {
    const { run, consumer } = await setting({ platform: 'commercetools' });
    const note = deliveryNotes(consumer.deps);
    const wait = () => note('demo', { delivery: 'abc', type: 'order', outcome: 'applied' });
    const logLines = async function* () {
      yield 'never read';
    };
    const { text } = await run(words('connect commercetools --shop demo'), { logLines }, wait);
    expect(text).toContain('commercetoolsIntake');
    expect(text).toContain('trace abc');
  });

  test('does not wait for what cannot come', async () => {
    const { run } = await setting();
    expect((await run(words('connect shopify --shop new'))).text).toContain('add the entry');
    await expect(run(words('connect shopify --shop demo'))).rejects.toThrow('demo is a shop of woocommerce');
  });
});

const PROMOTIONS = `
account: 1
applications:
  - { id: 1, name: Shop, currency: EUR, environment: live }
`;

describe('doctor', () => {
  const hooks = async (status: string) => {
    const server = await testServer((response, { url }) => {
      if (!url.startsWith('/wp-json/wc/v3/webhooks')) return json(response, 404, {});
      json(response, 200, [
        { topic: 'order.updated', status, delivery_url: 'https://api.example/webhooks/woocommerce/demo' },
        { topic: 'order.updated', status: 'disabled', delivery_url: 'https://other.example/' },
      ]);
    });
    return { url: server.url, secret: 'A' };
  };

  const prepared = async (over: Partial<Shop>) => {
    const shop = await setting(over);
    const { store } = shop.consumer.deps;
    await publish(store, readPromotions(PROMOTIONS, 'promotions.yaml'), randomUUID);
    const record = { kind: 'apiKey', application: 1, title: 't', created: '2026-01-01T00:00:00Z' } as const;
    await store.write([{ put: keyItem(1, 'ab'.repeat(32), record), expect: 'absent' }], randomUUID());
    const at = time.toISOString();
    await writeNote({ shop: 'demo', until: at, tried: at, version: 0 }, { store, accountId: 1 });
    return shop;
  };

  test('finds nothing wrong where everything is right', async () => {
    const { run } = await prepared({ api: await hooks('active') });
    const { text, failed } = await run(words('doctor --shop demo'));
    expect(text).not.toContain('✗');
    expect(text).toContain('All is well');
    expect(text).toContain('✓ the inbox answers, about 3 messages in it');
    expect(text).toContain('✓ subscription order.updated: active');
    expect(text).toContain('✓ no delivery was heard of yet');
    expect(failed).toBe(false);
  });

  test('names everything that is wrong, and what to do, and goes on', async () => {
    const { run, consumer } = await setting({ api: await hooks('disabled'), currency: 'USD' });
    await publish(consumer.deps.store, readPromotions(PROMOTIONS, 'promotions.yaml'), randomUUID);
    await pauseShop('demo', consumer.deps);
    const missing = async (names: readonly string[]) => {
      if (names.includes('DEMO')) throw new ConfigurationError('the secret DEMO is not there');
      return names.map(() => 'ck_1:cs_2');
    };
    const { text, failed } = await run(words('doctor --shop demo'), {
      inbox: async () => {
        throw new Refusal('No queue answers');
      },
      secrets: async () => ({ get: missing }),
    });
    expect(failed).toBe(true);
    for (const wrong of [
      '✗ Application 1 counts in EUR',
      '✗ Application 1 has no key',
      '✗ the secret DEMO is not there',
      '✗ No queue answers',
      '✗ demo is paused',
      '✗ never reconciled',
      '✗ subscription order.updated: disabled',
    ]) {
      expect(text).toContain(wrong);
    }
  });

  test('looks for every secret that is named, and for no Application where a hosted account answers', async () => {
    const webhook = { url: 'https://shop.example/effects', secrets: ['effects-demo'] };
    const { run, shops } = await setting({ api: await hooks('active'), effects: { webhook } });
    const remote = { secret: 'remote/demo', environment: 'live' } as const;
    const { text } = await run(words('doctor --shop demo'), {
      settings: async () => ({ shops, remotes: new Map([[1, remote]]) }),
    });
    expect(text.match(/(?<=✓ secret )\S+/g)).toEqual(['DEMO', 'A', 'effects-demo', 'remote/demo']);
    expect(text).toContain('✓ Application 1 is answered by a hosted account');
  });

  test('finds that nothing is subscribed, or that the API does not answer', async () => {
    const empty = await testServer((response) => json(response, 200, []));
    const first = await prepared({ api: { url: empty.url, secret: 'A' } });
    expect((await first.run(words('doctor --shop demo'))).text).toContain(
      '✗ nothing is subscribed for /webhooks/woocommerce/demo',
    );
    const closed = await testServer((response) => json(response, 403, {}));
    const second = await prepared({ api: { url: closed.url, secret: 'A' } });
    expect((await second.run(words('doctor --shop demo'))).text).toMatch(/✗ GET .*webhooks answered 403/);
  });

  test('writes nothing', async () => {
    const { run, consumer } = await setting({ api: await hooks('active') });
    const write = async () => {
      throw new Error('written');
    };
    await run(words('doctor --shop demo'), { store: { ...consumer.deps.store, write, close: async () => {} } });
    expect(sent).toEqual([]);
  });
});

describe('words', () => {
  test.each([
    ['backfill demo', '--since is missing'],
    ['backfill demo --since yesterday', '--since is refused'],
    ['backfill demo --since 2026-01-01 --platform shopify', '--platform goes with a file'],
    ['backfill a b --shop demo', 'takes one file'],
    ['backfill a --shop demo --since 2026-01-01', '--since goes with a shop'],
    ['backfill demo --since 2026-01-01 --rate 0', '--rate is refused'],
    ['reconcile', 'reconcile takes'],
    ['reconcile demo --yes', '--yes goes with --repair'],
    ['connect magento --shop demo', 'connect takes one of'],
    ['connect shopify', '--shop is missing'],
    ['connect shopify --shop demo --url ftp://x', '--url is refused'],
    ['doctor demo', 'name the shop with --shop'],
    ['doctor --shop gone', 'no shop gone in the shops file, only demo'],
    ['pause demo --repair', 'pause takes no --repair'],
  ])('%s is refused', async (text, fault) => {
    expect(await refusal(text)).toContain(fault);
  });
});
