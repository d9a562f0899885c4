import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { groupOf, profileOf } from '../../../../../lib/commerce/decide.ts';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { InvalidRequestError, UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { type Body, contextOf, delivery, PRIVACY, sample, shopOf, topicsOf, VERSIONS } from './samples.ts';

/** The shop that the documented bodies are of. */
const OWN: Partial<Shop> = { shopId: '954889' };

const [REDACT = '', DATA = '', LEFT = ''] = PRIVACY;

const interpret = (topic: string, body: Body, shop = OWN): CommerceEvent[] =>
  shopify.interpret(delivery(topic, body), contextOf(shop));

type Erasure = Extract<CommerceEvent, { type: 'erasure' }>;

const told = (topic: string, change: (body: Body) => void = () => {}, shop = OWN): Erasure => {
  const body = sample(topic);
  change(body);
  const [event] = interpret(topic, body, shop);
  if (event?.type !== 'erasure') throw new Error(`it became ${event?.type}`);
  return event;
};

const refusal = (topic: string, body: Body, shop = OWN): unknown => {
  try {
    interpret(topic, body, shop);
  } catch (error) {
    return error;
  }
  return undefined;
};

const JOHN = `pseudonym-of-${Buffer.from('john@example.com').toString('hex')}`;

describe.each(VERSIONS.filter((version) => topicsOf(version).includes(REDACT)))('in version %s', (version) => {
  test('customers/redact asks to erase a customer, the guest of their address and the buyer of their orders', () => {
    const [event] = interpret(REDACT, sample(REDACT, version)) as Erasure[];
    expect(event?.intake).toEqual({
      kind: 'erasure',
      requestId: event?.id,
      customer: '191167',
      guests: [JOHN],
      orders: ['299938', '280263', '220458'],
    });
  });

  test('customers/data_request asks for access, under its own number', () => {
    const [event] = interpret(DATA, sample(DATA, version)) as Erasure[];
    expect(event?.intake).toMatchObject({ kind: 'access', requestId: '9999', customer: '191167', guests: [JOHN] });
  });

  test('shop/redact asks to erase everybody', () => {
    const [event] = interpret(LEFT, sample(LEFT, version)) as Erasure[];
    expect(event?.intake).toMatchObject({ kind: 'erasure', everyone: true, guests: [], orders: [] });
  });
});

test('the same bytes are the same request, whatever the headers say', () => {
  const body = JSON.stringify(sample(REDACT));
  const id = createHash('sha256').update(body).digest('hex');
  expect(interpret(REDACT, body)).toMatchObject([{ id, intake: { requestId: id } }]);
});

test('nothing of the person but ids and pseudonyms travels on', () => {
  for (const topic of [REDACT, DATA]) {
    const text = JSON.stringify(told(topic));
    for (const personal of ['@', 'john', '555-625']) expect(text).not.toContain(personal);
  }
});

test('an empty list of orders, an address that is null and none at all are read', () => {
  for (const email of [null, undefined, '', '  ']) {
    const { intake } = told(REDACT, (body) => {
      body.customer.email = email;
      body.orders_to_redact = [];
    });
    expect(intake).toMatchObject({ customer: '191167', guests: [], orders: [] });
  }
});

test('without a customer id the guest of the address is the person; without a customer nobody is', () => {
  const nameless = told(REDACT, (body) => Object.assign(body.customer, { id: null }));
  expect(nameless.intake).not.toHaveProperty('customer');
  expect(profileOf(nameless, shopOf())).toBe(`guest:${JOHN}`);
  const nobody = told(REDACT, (body) => Object.assign(body, { customer: null }));
  expect(nobody.intake).toMatchObject({ guests: [], orders: ['299938', '280263', '220458'] });
  expect(profileOf(nobody, shopOf())).toBeUndefined();
});

test('ids keep all of their digits', () => {
  const text = JSON.stringify(sample(REDACT))
    .replace('191167', '7064055069303700841')
    .replace('299938', '8209829119461545081');
  const [event] = interpret(REDACT, text) as Erasure[];
  expect(event?.intake).toMatchObject({ customer: '7064055069303700841' });
  expect(event?.intake.orders[0]).toBe('8209829119461545081');
});

test('it is applied in the group of the customer', () => {
  const shop = shopOf({ ...OWN, profileId: 'crm-{customer}' });
  expect(groupOf(told(REDACT), shop)).toEqual(['profile', 'crm-191167']);
  const [customer] = [{ ...told(REDACT), type: 'customer', customer: { id: '191167', facts: {} } }] as CommerceEvent[];
  expect(customer && groupOf(customer, shop)).toEqual(['profile', 'crm-191167']);
});

test('what another shop is told is not for this one, whatever the header says', () => {
  for (const topic of PRIVACY) {
    expect(refusal(topic, sample(topic), { shopId: '1' })).toBeInstanceOf(UnauthorizedError);
    const mine = delivery(topic, sample(topic));
    const headers = { ...mine.headers, 'x-shopify-shop-domain': 'demo.myshopify.com' };
    expect(() => shopify.interpret({ ...mine, headers }, contextOf({ shopId: '1' }))).toThrow(UnauthorizedError);
  }
});

test('a header that is missing or names another domain changes nothing: the body says which shop it is', () => {
  const mine = delivery(REDACT, sample(REDACT));
  const headers = { ...mine.headers, 'x-shopify-shop-domain': 'other.myshopify.com' };
  expect(shopify.interpret({ ...mine, headers }, contextOf(OWN))).toEqual(shopify.interpret(mine, contextOf(OWN)));
});

test('a wish of one person never becomes the end of everybody, nor the reverse', () => {
  const shop = sample(LEFT);
  for (const topic of [REDACT, DATA, 'orders/paid']) expect(refusal(topic, shop)).toBeInstanceOf(InvalidRequestError);
  for (const topic of [REDACT, DATA]) expect(refusal(LEFT, sample(topic))).toBeInstanceOf(InvalidRequestError);
  const partial = { ...shop, customer: { id: 191167 } };
  for (const topic of PRIVACY) expect(refusal(topic, partial)).toBeInstanceOf(InvalidRequestError);
  for (const topic of PRIVACY) expect(refusal(topic, { id: 954889 })).toBeInstanceOf(InvalidRequestError);
});

test('a request for access under the topic of erasures stays one for access', () => {
  expect(interpret(REDACT, sample(DATA))).toMatchObject([{ intake: { kind: 'access' } }]);
});

test('every fault is named with its place, and no value', () => {
  const error = refusal(REDACT, { ...sample(REDACT), shop_id: 'ann@example.com', orders_to_redact: ['x'] });
  expect(error).toBeInstanceOf(InvalidRequestError);
  const { issues } = error as InvalidRequestError;
  expect(issues?.map(({ source }) => source)).toEqual([{ pointer: '/shop_id' }, { pointer: '/orders_to_redact/0' }]);
  expect(JSON.stringify(issues)).not.toContain('ann');
});

test('a wrong signature is refused before anything is read', async () => {
  const { headers, ...rest } = delivery(REDACT, sample(REDACT));
  const signed = (secret: string) => createHmac('sha256', secret).update(rest.body).digest('base64');
  const context = { secrets: ['right'], now: new Date(), fetch };
  const send = (signature: string) =>
    shopify.authenticate({ ...rest, headers: { ...headers, 'x-shopify-hmac-sha256': signature } }, context);
  await expect(send(signed('wrong'))).rejects.toBeInstanceOf(UnauthorizedError);
  await expect(send(signed('right'))).resolves.toBeUndefined();
});
