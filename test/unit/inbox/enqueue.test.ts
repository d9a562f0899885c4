import { expect, test } from 'vitest';
import { TooLargeError } from '../../../lib/contract/errors.ts';
import { enqueueEvent } from '../../../lib/inbox/enqueue.ts';
import { readMessage } from '../../../lib/inbox/read-message.ts';
import {
  brokenQueue,
  cartEvent,
  customerEvent,
  demoShop,
  fakeQueue,
  NOW,
  orderEvent,
  segment,
  thinEvent,
} from './fakes.ts';

const enqueued = async (event: Parameters<typeof enqueueEvent>[0]) => {
  const inbox = fakeQueue();
  await enqueueEvent(event, demoShop(), { inbox, segment, now: () => NOW });
  const [message] = inbox.sent;
  if (!message) throw new Error('nothing was sent');
  return message;
};

test('an event is queued as it is', async () => {
  const event = orderEvent();
  expect(readMessage((await enqueued(event)).body)).toMatchObject({ kind: 'commerce-event', event });
});

test('a cart and the order that it became are one group; another session, profile or shop is another', async () => {
  const group = async (event: Parameters<typeof enqueueEvent>[0]) => (await enqueued(event)).group;
  const cart = await group(cartEvent());
  expect(await group(orderEvent())).toBe(cart);
  expect(await group(orderEvent({ session: 'another' }))).not.toBe(cart);
  expect(await group(customerEvent())).not.toBe(cart);
  expect(await group(cartEvent({}, { shop: 'other' }))).not.toBe(cart);
});

test('what travels beside the body tells nothing of a person, and fits what FIFO queues take', async () => {
  const { group, deduplicationId } = await enqueued(
    orderEvent({ session: 'ann@example.com', buyer: { customer: 'ann@example.com' } }, { shop: 'x'.repeat(40) }),
  );
  for (const text of [group, deduplicationId]) {
    expect(text).toMatch(/^[\w/-]{1,128}$/);
    expect(text).not.toContain('ann');
  }
});

test('the same delivery has the same deduplication id, at whichever shop it arrives', async () => {
  const id = async (shop: string) => (await enqueued(orderEvent({}, { id: 'ab', shop }))).deduplicationId;
  expect(await id('demo')).toBe(await id('demo'));
  expect(await id('demo')).toBe(await id('other'));
});

test('the same thin delivery is another one at another moment: it may tell of another change', async () => {
  const thin = thinEvent();
  const inbox = fakeQueue();
  for (const ms of [0, 1, 1]) {
    const now = () => new Date(NOW.getTime() + ms);
    await enqueueEvent(thin, demoShop(), { inbox, segment, now });
  }
  const ids = inbox.sent.map(({ deduplicationId }) => deduplicationId);
  expect(new Set(ids).size).toBe(2);
  expect(ids[1]).toBe(ids[2]);
  for (const id of ids) expect(id).toMatch(/^[\w/-]{1,128}$/);
});

test('what no message can hold is refused, and a queue that is away is the caller’s to know', async () => {
  const deps = { inbox: fakeQueue(), segment, now: () => NOW };
  const huge = orderEvent({ facts: { note: 'x'.repeat(1_000_000) } });
  await expect(enqueueEvent(huge, demoShop(), deps)).rejects.toThrow(TooLargeError);
  expect(deps.inbox.sent).toEqual([]);
  await expect(enqueueEvent(orderEvent(), demoShop(), { ...deps, inbox: brokenQueue })).rejects.toThrow('ECONNREFUSED');
});
