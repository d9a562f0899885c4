import { describe, expect, test } from 'vitest';
import { UnusableEventError } from '../../../../../lib/commerce/errors.ts';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import { UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { json, testServer } from '../../../../support/http-server.ts';
import { Model } from '../../session-api.ts';
import { type Body, contextOf, delivery, exact, sample, shopOf } from './samples.ts';

type Thin = Extract<CommerceEvent, { type: 'thin' }>;

const thin = (topic: string, body: Body): Thin => {
  const [event] = shopify.interpret(delivery(topic, body), contextOf());
  if (event?.type !== 'thin') throw new Error(`it became ${event?.type}`);
  return event;
};

/** Shopify's Admin API of one shop, as far as it is read. */
const admin = (things: Record<string, string>) =>
  testServer((response, { url, headers }) => {
    if (headers['x-shopify-access-token'] !== 'shpat') json(response, 401, { errors: 'no' });
    else if (things[url]) response.writeHead(200, { 'content-type': 'application/json' }).end(things[url]);
    else json(response, 404, { errors: 'Not Found' });
  });

const ORDER = '/admin/api/2026-07/orders/820982911946154508.json';

const refunded = {
  ...sample('orders/updated'),
  cancelled_at: null,
  financial_status: 'partially_refunded',
  refunds: [{ ...sample('refunds/create'), transactions: [] }],
};

const complete = async (event: Thin, things: Record<string, string>, settings = {}) => {
  const server = await admin(things);
  const context = contextOf({ api: { url: server.url, secret: 'API' }, ...settings });
  const events = (await shopify.complete?.(event, { ...context, fetch, apiSecret: 'shpat' })) ?? [];
  return { server, events };
};

describe('a thin event', () => {
  test('of a refund becomes its order, with the refund in it', async () => {
    const event = thin('refunds/create', sample('refunds/create'));
    const { events, server } = await complete(event, { [ORDER]: `{"order":${exact(refunded)}}` });
    expect(server.received).toHaveLength(1);
    expect(events).toMatchObject([
      {
        id: event.id,
        shop: 'demo',
        type: 'order',
        version: { updatedAt: '2022-01-01T00:00:00Z' },
        order: { id: '820982911946154508', payment: 'paid', returns: [{ id: '890088186047892319' }] },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('@');
    const model = new Model(shopOf());
    for (const each of events) model.apply(each);
    expect(model.api.events).toMatchObject([{ type: 'order_partially_returned' }]);
  });

  test('of an order that was too large to deliver becomes the order', async () => {
    const event = thin('orders/paid', '{"id":820982911946154508}');
    const { events } = await complete(event, { [ORDER]: `{"order":${exact(sample('orders/paid'))}}` });
    const [told] = shopify.interpret(delivery('orders/paid', sample('orders/paid')), contextOf());
    expect(events).toMatchObject([{ type: 'order', order: told?.type === 'order' && told.order }]);
  });

  test('of a customer becomes the customer', async () => {
    const event = thin('customers/update', '{"id":706405506930370084}');
    const path = '/admin/api/2026-07/customers/706405506930370084.json';
    const { events } = await complete(event, { [path]: `{"customer":${exact(sample('customers/update'))}}` });
    expect(events).toMatchObject([{ id: event.id, type: 'customer', customer: { id: '706405506930370084' } }]);
  });

  test('of what cannot be read by its id stays without consequence, and nothing is asked for', async () => {
    for (const resource of ['checkout/123', 'refund/5', 'order/../7', 'order/x']) {
      const event = { ...thin('orders/paid', '{"id":1}'), resource };
      const { events, server } = await complete(event, {});
      expect(events).toEqual([]);
      expect(server.received).toEqual([]);
    }
  });

  test('of an order that is gone, or of another shop, says so', async () => {
    const event = thin('orders/paid', '{"id":820982911946154508}');
    await expect(complete(event, {})).rejects.toThrow(UnusableEventError);
    const things = { [ORDER]: `{"order":${exact(sample('orders/paid'))}}` };
    await expect(complete(event, things, { shopId: '1' })).rejects.toThrow(UnauthorizedError);
  });
});
