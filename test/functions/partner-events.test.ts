import { describe, expect, test } from 'vitest';
import { readShops, type Shop } from '../../lib/commerce/shops.ts';
import { ConfigurationError } from '../../lib/contract/errors.ts';
import { readMessage } from '../../lib/inbox/read-message.ts';
import { intakeHandler } from '../../lib/lambda/intake-handler.ts';
import { partnerSources } from '../../lib/lambda/partner-events.ts';
import { everythingParked, fakeQueue, memoryStore, NOW, segment } from '../unit/inbox/fakes.ts';
import { batch, context, keptLog } from './fakes.ts';

type Settings = Partial<Record<keyof Shop, unknown>>;

const SHOP = { application: 1, currency: 'EUR', secrets: [], engineCodes: ['*'] };
const shopsOf = (shops: Readonly<Record<string, Settings>>) =>
  readShops({ shops: Object.fromEntries(Object.entries(shops).map(([name, over]) => [name, { ...SHOP, ...over }])) });

const stripe = (shopId: string, eventSource?: string): Settings => ({ platform: 'stripe', shopId, eventSource });
const shopify = (shopId: string, domain?: string, eventSource?: string): Settings => ({
  platform: 'shopify',
  shopId,
  eventSource,
  ...(domain !== undefined && { api: { url: `https://${domain}`, secret: 's' } }),
});
const bigcommerce = (shopId: string, eventSource?: string): Settings => ({
  platform: 'bigcommerce',
  shopId,
  eventSource,
});

const ONE = 'aws.partner/stripe.com/ed_one';
const TWO = 'aws.partner/stripe.com/ed_two';
const APP = 'aws.partner/shopify.com/123/app';
const STORES = 'aws.partner/bigcommerce.com/app/hooks';

const charge = (source: string, id: string, account?: string) => ({
  source,
  detail: {
    object: 'event',
    type: 'checkout.session.completed',
    created: 1_780_000_000,
    livemode: true,
    ...(account !== undefined && { account }),
    data: { object: { object: 'checkout.session', id } },
  },
});
const order = (domain: string, id: number) => ({
  source: APP,
  detail: {
    payload: { id, order_id: 7, created_at: '2026-06-01T10:00:00Z', transactions: [], refund_line_items: [] },
    metadata: { 'X-Shopify-Topic': 'refunds/create', 'X-Shopify-Shop-Domain': domain },
  },
});
const hook = (store: string, id: number) => ({
  source: STORES,
  detail: { scope: 'store/order/updated', producer: `stores/${store}`, data: { id }, created_at: 1_780_000_000 },
});

const take = async (shops: Readonly<Record<string, Settings>>, ...events: readonly object[]) => {
  const inbox = fakeQueue();
  const { lines, log } = keptLog();
  const store = memoryStore();
  const deps = { shops: shopsOf(shops), inbox, segment, store, accountId: 1, now: () => NOW, log };
  const { batchItemFailures } = await intakeHandler(partnerSources, async () => deps)(batch(...events), context());
  return {
    shops: inbox.sent.map(({ body }) => (readMessage(body) as { event: { shop: string } }).event.shop),
    back: batchItemFailures.length,
    parked: (await everythingParked(store)).map(({ reason }) => reason),
    lines,
  };
};

describe('which shop an event of EventBridge is from', () => {
  test('of two Stripe accounts the source says it, and what no shop names is parked', async () => {
    const shops = { one: stripe('acct_1', ONE), two: stripe('acct_2', TWO) };
    const events = [charge(TWO, 'cs_a'), charge(ONE, 'cs_b'), charge('aws.partner/stripe.com/ed_three', 'cs_c')];
    expect(await take(shops, ...events)).toMatchObject({ shops: ['two', 'one'], back: 0, parked: ['unknown-shop'] });
  });

  test('a shop that names no source has what no other names', async () => {
    const shops = { one: stripe('acct_1', ONE), two: stripe('acct_2') };
    expect((await take(shops, charge(TWO, 'cs_a'), charge(ONE, 'cs_b'))).shops).toEqual(['two', 'one']);
    expect((await take({ two: stripe('acct_2') }, charge(ONE, 'cs_a'))).shops).toEqual(['two']);
  });

  test('shops that only have webhooks are in nobody’s way', async () => {
    const shops = { one: stripe('acct_1', ONE), two: stripe('acct_2'), three: stripe('acct_3') };
    expect((await take(shops, charge(ONE, 'cs_a'))).shops).toEqual(['one']);
  });

  test('connected accounts that share a source are told apart by the account; a body without one is parked', async () => {
    const shops = { one: stripe('acct_1', ONE), two: stripe('acct_2', ONE) };
    const events = [charge(ONE, 'cs_a', 'acct_2'), charge(ONE, 'cs_b', 'acct_1'), charge(ONE, 'cs_c')];
    expect(await take(shops, ...events)).toMatchObject({ shops: ['two', 'one'], parked: ['unknown-shop'] });
  });

  test('shops of one Shopify app are told apart by their domains, whether they name the source or not', async () => {
    for (const source of [undefined, APP]) {
      const shops = { one: shopify('1', 'one.myshopify.com', source), two: shopify('2', 'two.myshopify.com', source) };
      const events = [order('two.myshopify.com', 1), order('one.myshopify.com', 2), order('three.myshopify.com', 3)];
      expect(await take(shops, ...events)).toMatchObject({ shops: ['two', 'one'], parked: ['unknown-shop'] });
    }
  });

  test('stores of one BigCommerce app are told apart by the store', async () => {
    const shops = { one: bigcommerce('abc'), two: bigcommerce('def') };
    expect((await take(shops, hook('def', 1), hook('abc', 2))).shops).toEqual(['two', 'one']);
  });
});

test.each<[string, Readonly<Record<string, Settings>>, object]>([
  ['two Stripe accounts of no source', { one: stripe('acct_1'), two: stripe('acct_2') }, charge(ONE, 'cs_a')],
  [
    'two Shopify shops of no domain',
    { one: shopify('1'), two: shopify('2', 'a.myshopify.com') },
    order('b.example', 1),
  ],
  ['one store twice', { one: bigcommerce('abc'), two: bigcommerce('abc') }, hook('abc', 1)],
])('of %s nothing is taken or lost: it waits until shops.yaml says whose it is', async (_, shops, event) => {
  const { lines, ...rest } = await take(shops, event);
  expect(rest).toEqual({ shops: [], back: 1, parked: [] });
  expect(lines).toMatchObject([{ level: 'error', outcome: 'failed', reason: 'ConfigurationError' }]);
  expect(lines[0]?.error).toMatchObject({ message: expect.stringMatching(/may be from one or from two: (name|give)/) });
});

describe('the shops file is refused at start', () => {
  test.each<[string, Readonly<Record<string, Settings>>, string]>([
    [
      'where two accounts are one and share a source',
      { one: stripe('acct_1', ONE), two: stripe('acct_1', ONE) },
      'shops.two.eventSource: its deliveries and those of one come from one source and cannot be told apart: give each its own shopId',
    ],
    [
      'where two Shopify shops share a source and one says no domain',
      { one: shopify('1', 'one.myshopify.com', APP), two: shopify('2', undefined, APP) },
      'shops.two.eventSource: its deliveries and those of one come from one source and cannot be told apart: give each its own api.url',
    ],
    [
      'where a shop names another platform’s source',
      { one: stripe('acct_1', APP) },
      'shops.one.eventSource: the sources of stripe begin with aws.partner/stripe.com/',
    ],
    [
      'where a platform has no sources',
      { one: { platform: 'woocommerce', shopId: 'https://a.example', eventSource: ONE } },
      'shops.one.eventSource: woocommerce does not deliver over EventBridge',
    ],
    [
      'where it names no source at all',
      { one: stripe('acct_1', 'ed_one') },
      'shops.one.eventSource: use the name of a partner event source',
    ],
  ])('%s', (_, shops, fault) => {
    expect(() => shopsOf(shops)).toThrow(ConfigurationError);
    expect(() => shopsOf(shops)).toThrow(fault);
  });

  test('but not where they share one and can be told apart', () => {
    const shops = { one: stripe('acct_1', ONE), two: stripe('acct_2', ONE), three: stripe('acct_3') };
    expect(shopsOf(shops).get('two')?.eventSource).toBe(ONE);
  });
});
