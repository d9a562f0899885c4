import { expect, test } from 'vitest';
import { commerceMessage } from '../../../lib/inbox/message.ts';
import type { ParkError } from '../../../lib/inbox/park.ts';
import { readMessage } from '../../../lib/inbox/read-message.ts';
import { activityEvent, cartEvent, customerEvent, NOW, orderEvent } from './fakes.ts';

const refusal = (body: string): ParkError => {
  try {
    readMessage(body);
  } catch (error) {
    return error as ParkError;
  }
  throw new Error('was read');
};

test.each([
  ['a cart', cartEvent()],
  ['an order', orderEvent({ returns: [{ id: '9', amount: '1.00', lines: [{ line: '1', sku: 'TEE', quantity: 1 }] }] })],
  ['a guest', cartEvent({ buyer: { guest: 'abc' } })],
  ['a customer', customerEvent({ facts: { tags: ['a', 'b'], acceptsMarketing: true } })],
  ['an abandoned cart', { ...cartEvent(), abandoned: true } as never],
  [
    'a fulfilled order, disputed',
    orderEvent({ fulfilled: true, returns: [{ id: 'd', amount: '1', lines: [], dispute: true }] }),
  ],
  ['a customer with links', customerEvent({ links: ['guest:abc', 'shopify:9'] })],
  ['a deleted cart', activityEvent({ name: 'cart_deleted', session: 's' })],
  ['a deleted customer', activityEvent({ name: 'customer_deleted', customer: '7' })],
  ['a merged customer', activityEvent({ name: 'customer_merged', customer: '7', links: ['shopify:9'] })],
  ['a thin event', { ...customerEvent(), type: 'thin', resource: 'order/1' } as never],
])('%s is read back as it was sent', (_, event) => {
  const read = readMessage(commerceMessage(event, NOW));
  const { customer: _customer, ...thin } = event as unknown as Record<string, unknown>;
  expect(read).toEqual({
    v: 1,
    kind: 'commerce-event',
    event: event.type === 'thin' ? thin : event,
    receivedAt: NOW.toISOString(),
  });
});

// Written by version 1 and kept here: later code must go on reading it.
const GOLDEN =
  '{"v":1,"kind":"commerce-event","event":{"id":"ab","shop":"demo","version":{"updatedAt":"2026-03-01T11:00:00Z","digest":"ab"},"type":"order","order":{"id":"100","session":"s","currency":"EUR","lines":[],"costs":{},"codes":[],"facts":{},"payment":"paid","cancelled":false,"test":false,"returns":[]}},"receivedAt":"2026-03-01T12:00:00.000Z"}';

test('a message of version 1 is read for ever', () => {
  expect(readMessage(GOLDEN)).toEqual(JSON.parse(GOLDEN));
  const operation = `{"v":1,"kind":"operation","application":1,"operation":"trackEvent","request":{"params":{},"query":{},"body":{"sessionId":"s"}},"requestId":"r","receivedAt":"2026-03-01T12:00:00.000Z"}`;
  expect(readMessage(operation)).toEqual(JSON.parse(operation));
});

test('fields that an event does not have do not get through', () => {
  const sent = JSON.parse(GOLDEN);
  sent.event.order.email = 'ann@example.com';
  expect(JSON.stringify(readMessage(JSON.stringify(sent)))).not.toContain('ann@example.com');
});

test('a newer version is told apart from nonsense', () => {
  expect(refusal(GOLDEN.replace('"v":1', '"v":3'))).toMatchObject({ reason: 'unknown-version', message: 'version 3' });
  for (const kind of ['operation', 'privacy'])
    expect(refusal(`{"v":2,"kind":"${kind}"}`).reason).toBe('unknown-version');
  expect(refusal(GOLDEN.replace('"v":1', '"v":"1"')).reason).toBe('unreadable');
  expect(refusal(GOLDEN.replace('commerce-event', 'commerce'))).toMatchObject({ reason: 'unreadable' });
});

test.each(['', 'null', '7', '[]', '{}', '"text"', '{"v":1}', '{"secret":'])('%s is unreadable', (body) => {
  expect(refusal(body).reason).toBe('unreadable');
});

test('a refusal names the place of the fault and never a value', () => {
  const refused = refusal(GOLDEN.replace('"payment":"paid"', '"payment":"ann@example.com"'));
  expect(refused.message).toContain('/event/order/payment');
  expect(refused.message).not.toContain('ann@example.com');
  expect(refusal('{"a": ann@example.com}').message).not.toContain('ann');
});
