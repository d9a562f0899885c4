import { expect, test } from 'vitest';
import type { CompleteContext, Platform } from '../../../lib/commerce/platform.ts';
import { bigcommerce } from '../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { createCommercetools } from '../../../lib/commerce/platforms/commercetools/commercetools.ts';
import { shopify } from '../../../lib/commerce/platforms/shopify/shopify.ts';
import { stripe } from '../../../lib/commerce/platforms/stripe/stripe.ts';
import { woocommerce } from '../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { UpstreamError } from '../../../lib/contract/errors.ts';
import { json, testServer } from '../../support/http-server.ts';
import { SHOP_APIS } from './shop-apis.ts';

const ADDRESS = 'https://api.example/webhooks/x/demo';

/** What each platform answers when one subscription is well and one is not, with what no other is to know. */
const ANSWERS: readonly (readonly [Platform, string, unknown, readonly (readonly [string, boolean, string])[]])[] = [
  [
    shopify,
    '/admin/api/2026-07/webhooks.json',
    { webhooks: [{ topic: 'orders/paid', address: ADDRESS, api_version: '2026-07' }] },
    [['orders/paid', true, 'active']],
  ],
  [
    woocommerce,
    '/wp-json/wc/v3/webhooks',
    [
      { topic: 'order.created', status: 'active', delivery_url: ADDRESS, secret: 'the secret' },
      { topic: 'order.updated', status: 'disabled', delivery_url: ADDRESS },
    ],
    [
      ['order.created', true, 'active'],
      ['order.updated', false, 'disabled'],
    ],
  ],
  [
    bigcommerce,
    '/stores/abc123/v3/hooks',
    {
      data: [
        { scope: 'store/order/*', destination: ADDRESS, is_active: true, headers: { key: 'the secret' } },
        { scope: 'store/cart/*', destination: ADDRESS, is_active: false },
      ],
    },
    [
      ['store/order/*', true, 'active'],
      ['store/cart/*', false, 'inactive'],
    ],
  ],
  [
    createCommercetools(),
    '/demo-project/subscriptions',
    {
      results: [
        { id: '1', key: 'orders', status: 'Healthy', destination: { accessSecret: 'the secret' } },
        { id: '2', status: 'ConfigurationErrorDeliveryStopped' },
      ],
    },
    [
      ['orders', true, 'Healthy'],
      ['2', false, 'ConfigurationErrorDeliveryStopped'],
    ],
  ],
  [
    stripe,
    '/v1/webhook_endpoints',
    {
      data: [
        { id: 'we_1', url: ADDRESS, status: 'enabled', secret: 'the secret' },
        { id: 'we_2', url: ADDRESS, status: 'disabled' },
      ],
      has_more: false,
    },
    [
      ['we_1', true, 'enabled'],
      ['we_2', false, 'disabled'],
    ],
  ],
];

const contextFor = (platform: Platform, url: string): CompleteContext => {
  const api = SHOP_APIS.find(({ name }) => name === platform.name) ?? SHOP_APIS[0];
  if (!api) throw new Error('there are shops to test with');
  return api.context(url);
};

test.each(ANSWERS.map(([platform, path, body, found]) => ({ name: platform.name, platform, path, body, found })))(
  '$name tells which of its subscriptions are well, and no secret comes along',
  async ({ platform, path, body, found }) => {
    const server = await testServer((response, { method, url }) => {
      if (method === 'POST') json(response, 200, { access_token: 'token' });
      else if (new URL(url, 'http://shop').pathname === path) json(response, 200, body);
      else json(response, 404, {});
    });
    const told = (await platform.subscriptions?.(contextFor(platform, server.url))) ?? [];
    expect(told.map(({ name, healthy, status }) => [name, healthy, status])).toEqual(found);
    expect(JSON.stringify(told)).not.toContain('the secret');
  },
);

test('a platform that refuses to tell is an error', async () => {
  const server = await testServer((response) => json(response, 403, {}));
  await expect(woocommerce.subscriptions?.(contextFor(woocommerce, server.url))).rejects.toThrow(UpstreamError);
});
