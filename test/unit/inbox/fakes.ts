import { randomUUID } from 'node:crypto';
import type { Activity, Cart, CommerceEvent, Customer, Intake, Order } from '../../../lib/commerce/event.ts';
import { readShops, type Shop } from '../../../lib/commerce/shops.ts';
import type { Call, Connect } from '../../../lib/contract/api.ts';
import type { Effect } from '../../../lib/contract/effects.ts';
import { type OperationId, operations } from '../../../lib/contract/operations/table.ts';
import type { Publication } from '../../../lib/inbox/outbox.ts';
import { listParked, type Parked } from '../../../lib/inbox/park.ts';
import { pauseReader } from '../../../lib/inbox/pause.ts';
import type { InboxDeps, InboxLine } from '../../../lib/inbox/process.ts';
import type { PublishDeps } from '../../../lib/inbox/publish.ts';
import type { IncomingMessage, OutgoingMessage, Queue, Wait } from '../../../lib/inbox/queue.ts';
import { acceptRequest } from '../../../lib/privacy/accept.ts';
import { PERSON_SEAL } from '../../../lib/privacy/person.ts';
import { readPrivacy } from '../../../lib/privacy/settings.ts';
import { sealFor } from '../../../lib/store/seal.ts';
import { segments } from '../../../lib/store/segment.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import type { Change, Key, Store } from '../../../lib/store/store.ts';

export const NOW = new Date('2026-03-01T12:00:00Z');

export const segment = segments('a secret of the tests');

/** Shops to test with: `demo`, and `other` beside it. */
export const shops = (over: Partial<Shop> = {}) => {
  const shop = {
    platform: 'shopify',
    application: 1,
    currency: 'EUR',
    shopId: '548380009',
    secrets: ['now'],
    engineCodes: ['SUMMER*'],
    ...over,
  };
  return readShops({ shops: { demo: shop, other: shop } });
};

export const demoShop = (over: Partial<Shop> = {}): Shop => shops(over).get('demo') as Shop;

const cart: Cart = {
  session: 'shopify:checkout:1',
  buyer: { customer: '7' },
  currency: 'EUR',
  lines: [{ id: '1', sku: 'TEE', name: 'T-shirt', quantity: 2, price: '30.00', giftCard: false }],
  costs: { shipping: '4.90' },
  codes: ['SUMMER-1'],
  facts: { channel: 'web' },
};

let digests = 0;
const digest = () => (++digests).toString(16).padStart(64, '0');

const named = (over: { readonly shop?: string; readonly updatedAt?: string; readonly id?: string }) => {
  const id = over.id ?? digest();
  return {
    id,
    shop: over.shop ?? 'demo',
    version: { updatedAt: over.updatedAt ?? '2026-03-01T11:00:00Z', digest: id },
  };
};

type Named = Parameters<typeof named>[0];

/** An event that shows a cart. */
export const cartEvent = (over: Partial<Cart> = {}, name: Named = {}): CommerceEvent => ({
  ...named(name),
  type: 'cart',
  cart: { ...cart, ...over },
});

/** An event that shows an order, paid if nothing else is said. */
export const orderEvent = (over: Partial<Order> = {}, name: Named = {}): CommerceEvent => ({
  ...named(name),
  type: 'order',
  order: { ...cart, id: '100', payment: 'paid', cancelled: false, test: false, returns: [], ...over },
});

/** An event that shows a customer. */
export const customerEvent = (over: Partial<Customer> = {}, name: Named = {}): CommerceEvent => ({
  ...named(name),
  type: 'customer',
  customer: { id: '7', facts: {}, ...over },
});

/** An event of what happened. */
export const activityEvent = (activity: Activity, name: Named = {}): CommerceEvent => ({
  ...named(name),
  type: 'activity',
  activity,
});

/** An event that names an order and says nothing of it. */
export const thinEvent = (
  over: { readonly resource?: string; readonly session?: string } = {},
  name: Named = {},
): Extract<CommerceEvent, { type: 'thin' }> => ({ ...named(name), type: 'thin', resource: 'order/100', ...over });

/** An event that passes on a customer's wish to be erased. */
export const erasureEvent = (
  over: Partial<Intake> = {},
  name: Named = {},
): Extract<CommerceEvent, { type: 'erasure' }> => ({
  ...named(name),
  type: 'erasure',
  intake: { kind: 'erasure', requestId: 'wish-1', customer: '7', guests: ['ab12'], orders: [], ...over },
});

/** A message as the inbox gets it, sent just now. */
export const received = (content: unknown, over: Partial<IncomingMessage> = {}): IncomingMessage => ({
  id: randomUUID(),
  group: 'one',
  sentAt: NOW,
  body: typeof content === 'string' ? content : JSON.stringify(content),
  ...over,
});

/** A message that carries an event. */
export const eventMessage = (event: CommerceEvent, over: Partial<IncomingMessage> = {}): IncomingMessage =>
  received({ v: 1, kind: 'commerce-event', event, receivedAt: NOW.toISOString() }, over);

/** A queue that keeps what it is sent. */
export const fakeQueue = (): Queue & { readonly sent: OutgoingMessage[] } => {
  const sent: OutgoingMessage[] = [];
  return { sent, send: async (message) => void sent.push(message) };
};

/** A queue that cannot be reached. */
export const brokenQueue: Queue = {
  send: async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  },
};

/** One call that was made. */
export interface MadeCall {
  readonly application: number;
  readonly operation: OperationId;
  readonly request: unknown;
}

export const EFFECT: Effect = {
  campaignId: 1,
  rulesetId: 1,
  ruleIndex: 0,
  ruleName: 'rule',
  effectType: 'acceptCoupon',
  props: { value: 'SUMMER-1' },
};

/** Where the fake API counts how often it was called with one request. */
export const callCount = (operation: string, request: unknown): Key => ({
  partition: 'calls',
  sort: `${operation}/${segment(JSON.stringify(request))}`,
});

/** What a fake API does beside counting. */
export interface FakeApi {
  /** Effects to publish with each call. */
  readonly effects?: readonly Effect[];
  /** Runs before each call; may throw, as the API does. */
  before?(call: MadeCall): Promise<void> | void;
}

/**
 * An API that keeps to its promise: the caller's changes are written together with the call's own, which here is a
 * count of calls.
 */
export const fakeConnect = (store: Store, { effects = [], before }: FakeApi = {}) => {
  const calls: MadeCall[] = [];
  const connect = ((application: number) =>
    Object.fromEntries(
      Object.keys(operations).map((operation) => [
        operation,
        async (request: unknown, { guard }: Call) => {
          const call = { application, operation: operation as OperationId, request };
          await before?.(call);
          const guarding = (guard?.(effects) ?? []) as readonly Change[];
          const count = { add: callCount(operation, request), by: { calls: 1 } };
          await store.write([...guarding, count], randomUUID());
          calls.push(call);
          return { effects: [] };
        },
      ]),
    )) as unknown as Connect;
  return { connect, calls };
};

/** How often the fake API was called in all, as the store remembers. */
export const timesCalled = async (store: Store): Promise<number[]> =>
  (await store.query('items', { partition: 'calls' })).items.map(({ counts }) => counts.calls ?? 0);

export const memoryStore = (now: () => Date = () => NOW): Store => openSqliteStore(':memory:', { now });

/** All that is parked. */
export const everythingParked = async (store: Store): Promise<Parked[]> => {
  const all: Parked[] = [];
  for await (const parked of listParked({ store, accountId: 1 })) all.push(parked);
  return all;
};

/** A platform that is away. */
export const unreachable: typeof fetch = async () => {
  throw Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' });
};

/** What waits in the outbox. */
export const publication = (id = 'p1', over: Partial<Publication> = {}): Publication => ({
  v: 1,
  id,
  shop: 'demo',
  application: 1,
  event: 'ab',
  session: 's',
  effects: [EFFECT],
  ...over,
});

/** Everything that publishing works with, on a store in memory; no shop has a receiver of its own. */
export const publishing = (over: Partial<PublishDeps> = {}): PublishDeps => ({
  store: memoryStore(),
  accountId: 1,
  shops: shops(),
  queue: fakeQueue(),
  post: () => Promise.reject(new Error('nothing is posted')),
  now: () => NOW,
  random: () => 0,
  ...over,
});

/** How the inbox opens privacy requests: in the live environment, with sessions as they are given. */
export const opening = (
  store: Store,
  now: () => Date,
  sessions: Readonly<Record<string, string>> = {},
): InboxDeps['privacy'] => ({
  accept: (asked) => acceptRequest(asked, { store, accountId: 1, segment, seal: SEAL, settings: readPrivacy({}), now }),
  profileOfSession: async (_application, session) => sessions[session],
  graceDays: { shop: 0, queue: 0 },
});

/** Opens the persons of those requests. */
export const SEAL = sealFor('a secret of the tests', PERSON_SEAL);

/** Everything that the inbox works with, on a store in memory. */
export const inbox = (over: Partial<InboxDeps> & { readonly api?: FakeApi } = {}) => {
  const { api, ...deps } = over;
  const store = deps.store ?? memoryStore();
  const now = deps.now ?? (() => NOW);
  const lines: InboxLine[] = [];
  const warnings: unknown[] = [];
  const waits: Wait[] = [];
  const hints = fakeQueue();
  const { connect, calls } = fakeConnect(store, api);
  return {
    lines,
    warnings,
    waits,
    hints,
    calls,
    deps: {
      store,
      accountId: 1,
      segment,
      shops: shops(),
      connect,
      isHosted: () => false,
      hints,
      now,
      pauses: pauseReader({ store, accountId: 1, now }),
      noteDelivery: async () => {},
      mayBegin: () => true,
      privacy: opening(store, now),
      ownerOf: async (_: number, profile: string) => `owner of ${profile}`,
      environmentOf: async () => 'live' as const,
      log: (line: InboxLine) => void lines.push(line),
      warn: (error: unknown) => void warnings.push(error),
      delay: async (given: readonly Wait[]) => void waits.push(...given),
      random: () => 1,
      deadline: new Date(NOW.getTime() + 30_000),
      platforms: new Map(),
      apiSecret: async (name: string) => `value of ${name}`,
      fetch: unreachable,
      ...deps,
    } satisfies InboxDeps,
  };
};
