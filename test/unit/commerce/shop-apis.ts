// The APIs of shops with many orders, on 127.0.0.1, as far as changes are listed there.

import type { ServerResponse } from 'node:http';
import type { ListContext, Platform } from '../../../lib/commerce/platform.ts';
import { bigcommerce } from '../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { createCommercetools } from '../../../lib/commerce/platforms/commercetools/commercetools.ts';
import { shopify } from '../../../lib/commerce/platforms/shopify/shopify.ts';
import { woocommerce } from '../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { json, type Received, type TestServer } from '../../support/http-server.ts';
import { shyServer } from '../../support/shy-server.ts';
import * as adobe from './platforms/adobe-commerce/samples.ts';
import * as big from './platforms/bigcommerce/fake-store.ts';
import * as ct from './platforms/commercetools/samples.ts';
import * as shop from './platforms/shopify/samples.ts';
import * as woo from './platforms/woocommerce/samples.ts';

/** An order as a shop holds it. */
export interface Held {
  readonly id: number;
  /** RFC 3339, whole seconds, UTC. */
  readonly changed: string;
  /** Fields that make it unreadable. */
  readonly odd?: object;
}

type Respond = (response: ServerResponse, request: Received, url: URL) => void;

/** How a platform lists orders. */
export interface ShopApi {
  readonly name: string;
  readonly platform: Platform;
  /** Makes what answers for these orders. */
  serve(orders: () => readonly Held[]): Respond;
  context(url: string): Omit<ListContext, 'wait' | 'now' | 'skipped'>;
  /** Customers that are listed behind the orders. */
  readonly customers: number;
}

/** As a platform names the n-th order in its own way, so that names sort as numbers do. */
const named = (id: number): string => `order-${String(id).padStart(5, '0')}`;

const behind = (orders: readonly Held[], since: string, after: number, limit: number): Held[] =>
  orders
    .filter(({ id, changed }) => Date.parse(changed) >= Date.parse(since) && id > after)
    .toSorted((one, other) => one.id - other.id)
    .slice(0, limit);

const shopifyApi: ShopApi = {
  name: 'shopify',
  platform: shopify,
  customers: 1,
  context: (url) => ({ ...shop.contextOf({ api: { url, secret: 'A' } }), fetch, apiSecret: 'shpat' }),
  serve:
    (orders) =>
    (response, { headers }, { pathname, searchParams: query }) => {
      const page = (list: readonly Held[]) =>
        behind(list, query.get('updated_at_min') ?? '', Number(query.get('since_id')), Number(query.get('limit')));
      if (headers['x-shopify-access-token'] !== 'shpat') return json(response, 401, {});
      if (pathname === '/admin/api/2026-07/orders.json' && query.get('status') === 'any') {
        const body = ({ id, changed, odd }: Held) => ({
          ...shop.sample('orders/updated'),
          id,
          admin_graphql_api_id: `gid://shopify/Order/${id}`,
          checkout_token: `checkout-${id}`,
          cancelled_at: null,
          financial_status: 'paid',
          test: false,
          updated_at: changed,
          ...odd,
        });
        // Filtered after it was cut, as real ones are: a page that is not full need not be the last.
        return json(response, 200, {
          orders: page(orders())
            .filter(({ id }) => id !== 50)
            .map(body),
        });
      }
      if (pathname !== '/admin/api/2026-07/customers.json') return json(response, 404, {});
      const customers = page([{ id: 7, changed: '2026-06-02T00:00:00Z' }]).map(({ id, changed }) => ({
        ...shop.sample('customers/update'),
        id,
        admin_graphql_api_id: `gid://shopify/Customer/${id}`,
        updated_at: changed,
      }));
      return json(response, 200, { customers });
    },
};

const woocommerceApi: ShopApi = {
  name: 'woocommerce',
  platform: woocommerce,
  customers: 0,
  context: (url) => ({ ...woo.contextOf({ api: { url, secret: 'A' } }), fetch, apiSecret: 'ck_1:cs_2' }),
  serve:
    (orders) =>
    (response, { headers }, { pathname, searchParams: query }) => {
      if (headers.authorization !== `Basic ${Buffer.from('ck_1:cs_2').toString('base64')}`)
        return json(response, 401, {});
      if (/^\/wp-json\/wc\/v3\/orders\/\d+\/refunds$/.test(pathname)) {
        const line = { quantity: -1, meta_data: [{ key: '_refunded_item_id', value: '11' }] };
        return json(response, 200, [{ id: 9, amount: '10.00', line_items: [line] }]);
      }
      const isAsked =
        query.get('dates_are_gmt') === 'true' && query.get('orderby') === 'id' && query.get('order') === 'asc';
      if (pathname !== '/wp-json/wc/v3/orders' || !isAsked) return json(response, 404, {});
      const all = behind(orders(), `${query.get('modified_after')}Z`, 0, Number.POSITIVE_INFINITY);
      const wanted = query.get('status') === 'trash' ? all.slice(0, 1) : all.slice(1);
      const size = Number(query.get('per_page'));
      const first = (Number(query.get('page')) - 1) * size;
      const bodies = wanted.slice(first, first + size).map(({ id, changed, odd }) =>
        woo.order({
          id,
          status: query.get('status') === 'trash' ? 'trash' : 'processing',
          date_modified_gmt: changed.slice(0, -1),
          refunds: id === 3 ? [{ id: 9, total: '-10.00' }] : [],
          ...odd,
        }),
      );
      return json(response, 200, bodies);
    },
};

const mailDate = (moment: string): string => new Date(moment).toUTCString().replace('GMT', '+0000');

const bigcommerceApi: ShopApi = {
  name: 'bigcommerce',
  platform: bigcommerce,
  customers: 1,
  context: (url) => big.contextOf({ api: { url, secret: 'A' } }),
  serve:
    (orders) =>
    (response, { headers }, { pathname, searchParams: query }) => {
      if (headers['x-auth-token'] !== big.TOKEN) return json(response, 401, {});
      const path = pathname.replace(`/stores/${big.HASH}`, '');
      const limit = Number(query.get('limit'));
      if (path === '/v2/orders' && query.get('sort') === 'id:asc') {
        const after = Number(query.get('min_id')) - 1;
        const page = behind(orders(), query.get('min_date_modified') ?? '', after, limit);
        return page.length > 0
          ? json(
              response,
              200,
              page.map(({ id }) => ({ id })),
            )
          : void response.writeHead(204).end();
      }
      if (path === '/v3/customers') {
        return json(response, 200, { data: [{ id: 7, date_modified: '2026-06-02T00:00:00Z' }] });
      }
      const [, id, part] = /^\/v[23]\/orders\/(\d+)(.*)$/.exec(path) ?? [];
      const held = orders().find((each) => String(each.id) === id);
      if (!held) return json(response, 404, {});
      if (part === '/products') return json(response, 200, query.get('page') === '1' ? big.PRODUCTS : []);
      if (part === '/coupons') return void response.writeHead(204).end();
      if (part === '/payment_actions/refunds') return json(response, 200, { data: [] });
      return json(response, 200, {
        ...big.ORDER,
        id: held.id,
        cart_id: '',
        date_modified: mailDate(held.changed),
        ...held.odd,
      });
    },
};

const commercetoolsApi: ShopApi = {
  name: 'commercetools',
  platform: createCommercetools(),
  customers: 1,
  context: (url) => {
    const token = { url: `${url}/oauth/token`, scope: 'view_orders:demo-project' };
    return { ...ct.contextOf({ api: { url, secret: 'A', token } }), fetch, apiSecret: 'id:secret' };
  },
  serve:
    (orders) =>
    (response, { method, headers }, { pathname, searchParams: query }) => {
      if (method === 'POST') {
        const known = headers.authorization === `Basic ${Buffer.from('id:secret').toString('base64')}`;
        return json(response, known ? 200 : 401, { access_token: 'token' });
      }
      const where = /^lastModifiedAt >= "([^"]+)"(?: and id > "([^"]+)")?$/.exec(query.get('where') ?? '');
      if (!where || query.get('sort') !== 'id asc') return json(response, 400, {});
      const [, since = '', after] = where;
      const limit = Number(query.get('limit'));
      if (pathname === '/demo-project/orders' && query.get('expand') === 'discountCodes[*].discountCode') {
        const last = after === undefined ? 0 : Number(after.slice('order-'.length));
        const results = behind(orders(), since, last, limit).map(({ id, changed, odd }) =>
          ct.order({ id: named(id), cart: { id: `cart-${id}` }, version: 2, lastModifiedAt: changed, ...odd }),
        );
        return json(response, 200, { results });
      }
      return json(response, 200, { results: after === undefined ? [ct.customer()] : [] });
    },
};

const adobeApi: ShopApi = {
  name: 'adobe-commerce',
  platform: adobe.platform,
  customers: 1,
  context: (url) => ({ ...adobe.contextOf({ api: { url, secret: 'A' } }), fetch, apiSecret: 'integration' }),
  serve:
    (orders) =>
    (response, { headers }, { pathname, searchParams: query }) => {
      if (headers.authorization !== 'Bearer integration') return json(response, 401, {});
      const filter = (group: number, part: string) =>
        query.get(`searchCriteria[filter_groups][${group}][filters][0][${part}]`) ?? '';
      if (pathname === '/rest/V1/creditmemos') return json(response, 200, { items: [], total_count: 0 });
      const isAsked = filter(0, 'field') === 'updated_at' && filter(0, 'condition_type') === 'gteq';
      const isSorted = query.get('searchCriteria[sortOrders][0][field]') === 'entity_id';
      if (!isAsked || !isSorted) return json(response, 400, {});
      const since = `${filter(0, 'value').replace(' ', 'T')}Z`;
      const after = filter(1, 'condition_type') === 'gt' ? Number(filter(1, 'value')) : 0;
      if (pathname === '/rest/V1/orders') {
        const limit = Number(query.get('searchCriteria[pageSize]'));
        const items = behind(orders(), since, after, limit).map(({ id, changed, odd }) =>
          adobe.order({ entity_id: id, quote_id: id, updated_at: changed.slice(0, -1).replace('T', ' '), ...odd }),
        );
        return json(response, 200, { items, total_count: 0 });
      }
      return json(response, 200, { items: after === 0 ? [{ id: 7, updated_at: '2026-06-02 00:00:00' }] : null });
    },
};

/** The platforms whose orders are listed by themselves. */
export const SHOP_APIS: readonly ShopApi[] = [shopifyApi, woocommerceApi, bigcommerceApi, commercetoolsApi, adobeApi];

/** A shop that is open until the test is over. */
export interface OpenShop {
  readonly server: TestServer;
  readonly waits: number[];
  readonly skipped: string[];
  readonly context: ListContext;
}

/** Opens a shop with these orders; its server throttles, fails, cuts a connection and is slow. */
export const openShop = async (api: ShopApi, orders: () => readonly Held[], now: Date): Promise<OpenShop> => {
  const waits: number[] = [];
  const skipped: string[] = [];
  const respond = api.serve(orders);
  const server = await shyServer((response, request) =>
    respond(response, request, new URL(request.url, 'http://shop')),
  );
  const context: ListContext = {
    ...api.context(server.url),
    now,
    wait: async (milliseconds) => void waits.push(milliseconds),
    skipped: (resource) => void skipped.push(resource),
  };
  return { server, waits, skipped, context };
};
