import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { decimal, formatMoney, sum } from '../contract/decimal.ts';
import type { Effect } from '../contract/effects.ts';
import type { IntegrationStateV2 } from '../contract/schemas/state.ts';
import type { Publication } from '../inbox/outbox.ts';
import { listParked } from '../inbox/park.ts';
import type { InboxLine } from '../inbox/process.ts';
import { LOCAL_KEY } from '../lambda/authenticate.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { LOCAL_ACCOUNT } from './cloudformation.ts';
import { type Delivery, readDeliveries, shopifyHeaders } from './deliveries.ts';
import { isKnown, runErasures, tellErasure } from './demo-erasure.ts';
import type { Stack } from './stack.ts';

const DELIVERIES = 'events/demo/deliveries.yaml';
const SECRETS = 'events/demo/secrets.json';
const SHOP = 'demo';
const ACCOUNT_ID = 1;
const PLACES = 2;
/** Of the deliveries' customer. */
const PROFILE = 'shopify:7001';

/** How long the demo waits for what it announced; far more than it takes. */
const PATIENCE_MS = 20_000;

type Tell = (mark: '✓' | '✗', what: string, outcome: string) => void;

/**
 * Plays recorded Shopify events through a running stack's own HTTP routes and queues and tells what came of them, line by
 * line. Every word about an outcome is read from the stack: its answers, its log, its effects queue.
 *
 * @param folder where the stack keeps its state.
 * @param proofFile where the proof of its erasure is written.
 * @throws Error when something that was sent has no outcome.
 */
export const playDemo = async (stack: Stack, folder: string, proofFile: string, tell: Tell): Promise<void> => {
  const deliveries = await readDeliveries(DELIVERIES);
  const { SHOPIFY_DEMO: secret = '' } = JSON.parse(await readFile(SECRETS, 'utf8')) as Record<string, string>;
  const named = (name: string) => {
    const delivery = deliveries.get(name);
    if (!delivery) throw new Error(`${DELIVERIES} has no delivery ${name}`);
    return delivery;
  };
  const inbox = listenToInbox(stack);
  const effects = listenToEffects(stack);
  const api = callApi(stack);
  const send = async (delivery: Delivery, signedWith = secret) => {
    const response = await fetch(`http://127.0.0.1:${stack.ports.http}/webhooks/shopify/${SHOP}`, {
      method: 'POST',
      headers: shopifyHeaders(delivery, signedWith),
      body: delivery.body,
    });
    // Only a forged one may be refused; anything else is a mistake in the deliveries' file, and the answer names it.
    if (!response.ok && signedWith === secret)
      throw new Error(`${delivery.topic} was refused: ${await response.text()}`);
    return response;
  };

  for (const name of ['cart60', 'cart40']) {
    const cart = named(name);
    await send(cart);
    const { mark, words } = inWords((await effects.of(cart)).effects);
    tell(mark, `cart ${totalOf(cart)}`, words);
  }

  const paid = named('paid');
  const received = await send(paid);
  const closed = await inbox.of(paid);
  await effects.of(paid);
  tell(
    '✓',
    paid.topic,
    `${received.ok ? 'verified → queued' : `answered ${received.status}`} → ${closed.state}, code used ${await api.used()}`,
  );

  const older = named('olderUpdate');
  const again = await send(paid);
  await send(older);
  const late = await inbox.of(older);
  // The same group: whatever became of the repeat, it became before the outcome of the update behind it.
  const repeats = inbox.all(paid).slice(1);
  const ignored = again.ok && repeats.every(({ outcome }) => outcome === 'duplicate') && (await api.used()) === '1/1';
  tell(
    '✓',
    paid.topic,
    `same delivery again → ${ignored ? 'ignored' : repeats.map(({ outcome }) => outcome).join(', ')}`,
  );
  tell('✓', older.topic, `older version → ${late.outcome === 'stale' ? 'ignored' : late.outcome}`);

  const forged = await withoutWrites(folder, () => send(paid, 'another secret'));
  tell('✗', paid.topic, `wrong signature → ${forged.result.status}, ${forged.wrote ? 'something' : 'nothing'} stored`);

  const poison = named('wrongCurrency');
  const other = named('other');
  await Promise.all([send(poison), send(other)]);
  const [parked, wentOn] = await Promise.all([inbox.of(poison), inbox.of(other)]);
  const why = await reasonOf(folder);
  const others = wentOn.outcome === 'applied' ? 'went on' : `were ${wentOn.outcome}`;
  tell('✗', 'poison message', `${parked.outcome} (${why}); the others ${others}`);

  const cancelled = named('cancelled');
  await send(cancelled);
  const end = await inbox.of(cancelled);
  const { effects: back } = await effects.of(cancelled);
  const returned = sum(valuesOf(back, 'rollbackDiscount'));
  const usable = (await api.accepts()) ? 'usable again' : 'not usable';
  tell(
    '✓',
    cancelled.topic,
    `${closed.state} → ${end.state}, −${formatMoney(returned, PLACES)} rolled back, code ${usable}`,
  );

  const redact = named('redact');
  await send(redact);
  await inbox.of(redact);
  await runErasures(stack);
  tell('✓', redact.topic, await tellErasure(folder, proofFile));

  const lateOrder = named('late');
  await send(lateOrder);
  const { outcome, state } = await inbox.of(lateOrder);
  const applied = outcome === 'suppressed' && state === 'closed' ? 'applied without the person' : `${outcome} ${state}`;
  tell('✓', 'late order', `${applied}, profile ${(await isKnown(PROFILE, stack)) ? 'there again' : 'not recreated'}`);
};

const valuesOf = (effects: readonly Effect[], type: string) =>
  effects.filter(({ effectType }) => effectType === type).map(({ props }) => decimal(props.value as number));

const inWords = (effects: readonly Effect[]): { mark: '✓' | '✗'; words: string } => {
  const accepted = effects.find(({ effectType }) => effectType === 'acceptCoupon');
  const rejected = effects.find(({ effectType }) => effectType === 'rejectCoupon');
  if (accepted) {
    const discount = sum(valuesOf(effects, 'setDiscount'));
    return { mark: '✓', words: `${accepted.props.value} accepted: −${formatMoney(discount, PLACES)}` };
  }
  const reason = rejected?.props.details ?? rejected?.props.rejectionReason ?? 'no rule speaks of it';
  return { mark: '✗', words: `${rejected?.props.value} refused: ${reason}` };
};

const totalOf = ({ body }: Delivery): string => {
  const { line_items, currency } = JSON.parse(body) as {
    line_items: { price: string; quantity: number }[];
    currency: string;
  };
  const total = sum(line_items.map(({ price, quantity }) => decimal(price).times(quantity)));
  return `${formatMoney(total, PLACES)} ${currency}`;
};

/** Asks until there is an answer. @throws Error naming what did not come. */
const until = async <T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`the demo waited in vain for ${what}`);
    await sleep(10);
  }
};

/** What the inbox's log says of deliveries. */
const listenToInbox = (stack: Stack) => {
  const lines: InboxLine[] = [];
  stack.onLine((line) => {
    if (!line.includes('"inbox"')) return;
    lines.push(JSON.parse(line) as InboxLine);
  });
  const all = ({ id }: Delivery) => lines.filter((line) => line.delivery === id && line.outcome !== 'postponed');
  return { all, of: (delivery: Delivery) => until(`the outcome of ${delivery.topic}`, () => all(delivery)[0]) };
};

/** What comes out of the effects queue. */
const listenToEffects = ({ ports }: Stack) => {
  const endpoint = `http://127.0.0.1:${ports.sqs}`;
  const QueueUrl = `${endpoint}/${LOCAL_ACCOUNT}/promotion-functions-local-effects`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  const seen = new Map<string, Publication>();
  const receive = async (id: string): Promise<Publication | undefined> => {
    if (!seen.has(id)) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { Body = '', ReceiptHandle } of Messages) {
        const publication = JSON.parse(Body) as Publication;
        seen.set(publication.event, publication);
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    return seen.get(id);
  };
  return { of: ({ id, topic }: Delivery) => until(`the effects of ${topic}`, () => receive(id)) };
};

/** Looks at the demo's code through the API, without changing anything. */
const callApi = ({ ports }: Stack) => {
  const look = async (): Promise<IntegrationStateV2> => {
    const response = await fetch(`http://127.0.0.1:${ports.http}/v2/customer_sessions/look?dry=true`, {
      method: 'PUT',
      headers: { authorization: `ApiKey-v1 ${LOCAL_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        customerSession: {
          couponCodes: ['SUMMER-0001'],
          cartItems: [{ name: 'Anything', sku: 'any', quantity: 1, price: 60 }],
        },
        responseContent: ['coupons'],
      }),
    });
    return (await response.json()) as IntegrationStateV2;
  };
  return {
    used: async () => {
      const coupon = (await look()).coupons?.[0];
      return `${coupon?.usageCounter}/${coupon?.usageLimit}`;
    },
    accepts: async () => (await look()).effects.some(({ effectType }) => effectType === 'acceptCoupon'),
  };
};

/** The reason that stands beside what is parked, without what to do about it. */
const reasonOf = async (folder: string): Promise<string> => {
  const store = openSqliteStore(join(folder, 'state.db'));
  try {
    for await (const { error } of listParked({ store, accountId: ACCOUNT_ID })) return error.split(': ')[1] ?? error;
    return 'no reason kept';
  } finally {
    await store.close();
  }
};

const TRIES = 5;

/**
 * Does something that must not be stored, and looks whether the database changed meanwhile. Work of before may still end
 * in that time; so a change counts only when it is there every time.
 */
const withoutWrites = async <T>(folder: string, act: () => Promise<T>): Promise<{ result: T; wrote: boolean }> => {
  const database = new DatabaseSync(join(folder, 'state.db'), { readOnly: true });
  const version = () => database.prepare('PRAGMA data_version').get()?.data_version;
  try {
    for (let attempt = 1; ; attempt++) {
      const before = version();
      const result = await act();
      const wrote = version() !== before;
      if (!wrote || attempt === TRIES) return { result, wrote };
    }
  } finally {
    database.close();
  }
};
