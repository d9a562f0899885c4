import { describe, expect, test } from 'vitest';
import type { TestQueue } from '../support/queue-model.ts';

/** What the queues of the suite are made with. */
export const SUITE_SETTINGS = { VisibilityTimeout: 180, MessageRetentionPeriod: 1_209_600, maxReceiveCount: 3 };

/**
 * The promises of a FIFO queue that the inbox is built on. AWS may give several messages of a group at once and the local
 * server gives one: both are right.
 */
export const queueSuite = (name: string, open: () => Promise<TestQueue>): void => {
  describe(`${name}: a queue`, () => {
    /** Sends messages named by their group and place, such as `a1`. */
    const filled = async (...names: string[]) => {
      const queue = await open();
      for (const body of names) await queue.send({ body, group: body.charAt(0), deduplicationId: body });
      return queue;
    };
    const one = async (queue: TestQueue) => (await queue.receive(1))[0];
    const receipts = (messages: readonly { receipt?: string | undefined }[]) =>
      messages.map(({ receipt = '' }) => receipt);
    /** Takes and removes until nothing is free. */
    const drained = async (queue: TestQueue): Promise<string[]> => {
      const bodies: string[] = [];
      for (;;) {
        const messages = await queue.receive();
        if (messages.length === 0) return bodies;
        bodies.push(...messages.map(({ body }) => body));
        await queue.remove(receipts(messages));
      }
    };

    test('gives the messages of a group in the order in which they were sent, each once', async () => {
      const queue = await filled('a1', 'b1', 'a2', 'a3', 'b2');
      const bodies = await drained(queue);
      expect(bodies.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
      expect(bodies.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
    });

    test('gives nothing of a group while one of it is in somebody’s hands, and all of the others', async () => {
      const queue = await filled('a1', 'a2', 'b1');
      expect((await one(queue))?.body).toBe('a1');
      expect((await queue.receive()).map(({ body }) => body)).toEqual(['b1']);
      expect(await queue.receive()).toEqual([]);
    });

    test('tells when a message was sent, how often it was received, and a receipt that is new each time', async () => {
      const queue = await filled('a1');
      const first = await one(queue);
      await queue.later(180);
      const second = await one(queue);
      expect(first).toMatchObject({ group: 'a', receives: 1 });
      expect(second).toMatchObject({ id: first?.id, sentAt: first?.sentAt, receives: 2 });
      expect(second?.receipt).not.toBe(first?.receipt);
    });

    test('gives again what was not removed once its visibility timeout is over, before what is behind it', async () => {
      const queue = await filled('a1', 'a2');
      await one(queue);
      await queue.later(179);
      expect(await one(queue)).toBeUndefined();
      await queue.later(1);
      expect(await drained(queue)).toEqual(['a1', 'a2']);
    });

    test('gives it again when it was told to, sooner or later, and its group waits as long', async () => {
      const queue = await filled('a1', 'a2', 'b1');
      for (const seconds of [20, 1800]) {
        const message = await one(queue);
        expect(message?.body).toBe('a1');
        await queue.delay([{ receipt: message?.receipt ?? '', seconds }]);
        await queue.later(seconds - 1);
        expect((await queue.receive()).map(({ body }) => body)).toEqual(['b1']);
        await queue.later(1);
      }
      expect((await one(queue))?.body).toBe('a1');
    });

    test('knows a receipt no more once the message was given again', async () => {
      const queue = await filled('a1');
      const first = await one(queue);
      await queue.later(180);
      const second = await one(queue);
      await queue.delay([{ receipt: first?.receipt ?? '', seconds: 1 }]);
      await queue.remove([first?.receipt ?? '']);
      await queue.later(60);
      expect(await one(queue)).toBeUndefined();
      await queue.remove([second?.receipt ?? '']);
      await queue.later(180);
      expect(await one(queue)).toBeUndefined();
    });

    test('puts what was received too often to the dead letters, and goes on with what is behind it', async () => {
      const queue = await filled('a1', 'a2');
      for (let receive = 1; receive <= SUITE_SETTINGS.maxReceiveCount; receive++) {
        expect((await one(queue))?.body).toBe('a1');
        await queue.later(180);
      }
      const rest = [...(await drained(queue)), ...(await drained(queue))];
      expect(rest).toEqual(['a2']);
      expect(await queue.deadLetters()).toEqual(['a1']);
    });

    test('takes a message of the same deduplication id for the same, for five minutes, also when it was removed', async () => {
      const queue = await filled('a1');
      await drained(queue);
      await queue.later(299);
      await queue.send({ body: 'again', group: 'a', deduplicationId: 'a1' });
      expect(await drained(queue)).toEqual([]);
      await queue.later(2);
      await queue.send({ body: 'again', group: 'a', deduplicationId: 'a1' });
      expect(await drained(queue)).toEqual(['again']);
    });
  });
};
