import { hash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { UnusableEventError } from '../../../../../lib/commerce/errors.ts';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import type { Platform } from '../../../../../lib/commerce/platform.ts';
import { createCommercetools } from '../../../../../lib/commerce/platforms/commercetools/commercetools.ts';
import { ConfigurationError, UpstreamError } from '../../../../../lib/contract/errors.ts';
import { json, testServer } from '../../../../support/http-server.ts';
import { cart, contextOf, customer, order, shopOf } from './samples.ts';

type Thin = Extract<CommerceEvent, { type: 'thin' }>;

const thin = (resource: string): Thin => ({
  id: 'delivery-1',
  shop: 'demo',
  type: 'thin',
  version: { updatedAt: '2026-01-01T00:00:00Z', digest: 'delivery-1' },
  resource,
});

const CODES = '?expand=discountCodes%5B*%5D.discountCode';

/** A project and its token endpoint on one host; a token is good until the next one is asked for. */
const project = async (things: Record<string, object>) => {
  let given = 0;
  const server = await testServer((response, { method, url, headers, body }) => {
    if (method === 'POST' && url === '/oauth/token') {
      const asked = headers.authorization === `Basic ${Buffer.from('id:secret').toString('base64')}`;
      const form = body === 'grant_type=client_credentials&scope=view_orders%3Ademo-project';
      if (asked && form) json(response, 200, { access_token: `token-${++given}`, expires_in: 172_800 });
      else json(response, 401, { error: 'invalid_client' });
    } else if (headers.authorization !== `Bearer token-${given}`) json(response, 401, { message: 'invalid_token' });
    else if (things[url]) json(response, 200, things[url]);
    else json(response, 404, { statusCode: 404 });
  });
  const token = { url: `${server.url}/oauth/token`, scope: 'view_orders:demo-project' };
  const shop = shopOf({ api: { url: server.url, secret: 'API', token } });
  return { server, expire: () => given++, shop };
};
type Project = Awaited<ReturnType<typeof project>>;

let platform: Platform;
beforeEach(() => {
  platform = createCommercetools();
});

const complete = async (resource: string, { shop }: Pick<Project, 'shop'>, apiSecret = 'id:secret') =>
  (await platform.complete?.(thin(resource), { ...contextOf(), shop, fetch, apiSecret })) ?? [];

const asked = ({ server }: Project) => server.received.map(({ method, url }) => `${method} ${url}`);

describe('a thin event', () => {
  test('becomes the order as it is now, codes and all', async () => {
    const discountCodes = [{ discountCode: { id: 'c', obj: { code: 'SUMMER-1' } }, state: 'MatchesCart' }];
    const now = order({ version: 9, discountCodes, paymentState: 'Paid' });
    const events = await complete('order/order-1', await project({ [`/demo-project/orders/order-1${CODES}`]: now }));
    expect(events).toMatchObject([
      {
        id: 'delivery-1',
        shop: 'demo',
        type: 'order',
        version: { revision: 9, updatedAt: '2026-01-01T12:01:00Z', digest: hash('sha256', JSON.stringify(now)) },
        order: { id: 'order-1', codes: ['SUMMER-1'], payment: 'paid' },
      },
    ]);
  });

  test('becomes the cart, unless that became an order or a part of another', async () => {
    const path = `/demo-project/carts/cart-1${CODES}`;
    const events = await complete('cart/cart-1', await project({ [path]: cart() }));
    expect(events).toMatchObject([
      { type: 'cart', version: { revision: 3 }, cart: { session: 'commercetools:demo:cart-1' } },
    ]);
    for (const cartState of ['Ordered', 'Merged']) {
      expect(await complete('cart/cart-1', await project({ [path]: cart({ cartState }) }))).toEqual([]);
    }
  });

  test('becomes the customer', async () => {
    const events = await complete('customer/c', await project({ '/demo-project/customers/c': customer() }));
    expect(events).toMatchObject([{ type: 'customer', version: { revision: 2 }, customer: { id: 'customer-1' } }]);
  });

  test('of what is gone says so; of anything else it says nothing', async () => {
    await expect(complete('order/order-1', await project({}))).rejects.toThrow(UnusableEventError);
    expect(await complete('payment/p', await project({}))).toEqual([]);
  });
});

describe('the access token', () => {
  const things = { '/demo-project/customers/c': customer() };

  test('is asked for once, and again when it has run out', async () => {
    const shop = await project(things);
    const token = 'POST /oauth/token';
    const read = 'GET /demo-project/customers/c';
    for (let time = 0; time < 2; time++) await complete('customer/c', shop);
    expect(asked(shop)).toEqual([token, read, read]);
    shop.expire();
    expect(await complete('customer/c', shop)).toHaveLength(1);
    expect(asked(shop).slice(3)).toEqual([read, token, read]);
  });

  test('that is refused at once waits for an operator, and is not asked for without end', async () => {
    const shop = await project(things);
    const api = { ...(shop.shop.api as NonNullable<typeof shop.shop.api>) };
    const elsewhere = await testServer((response) => json(response, 401, {}));
    const wrong = { shop: { ...shop.shop, api: { ...api, url: elsewhere.url } } };
    await expect(complete('customer/c', wrong)).rejects.toMatchObject({ onQueue: 'retry', upstream: { status: 401 } });
    expect(elsewhere.received).toHaveLength(1);
  });

  test('that is not given waits for an operator, and the secret is not told', async () => {
    const error = await complete('customer/c', await project(things), 'id:wrong').catch((caught) => caught);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ onQueue: 'retry', upstream: { method: 'POST', path: '/oauth/token' } });
    expect(error.message).not.toContain('wrong');
  });

  test('cannot be asked for where shops.yaml does not say how', async () => {
    const shop = shopOf({ api: { url: 'http://127.0.0.1:9', secret: 'API' } });
    await expect(complete('customer/c', { shop })).rejects.toThrow(ConfigurationError);
  });
});
