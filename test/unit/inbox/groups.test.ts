import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inGroups } from '../../../lib/inbox/groups.ts';
import type { IncomingMessage } from '../../../lib/inbox/queue.ts';
import { received } from './fakes.ts';

const message = (id: string, group?: string): IncomingMessage => received('', { id, group });

const run = async (
  messages: readonly IncomingMessage[],
  { fails = [], time = Number.POSITIVE_INFINITY }: { fails?: readonly string[]; time?: number } = {},
) => {
  const begun: string[] = [];
  const ended: string[] = [];
  const postponed: string[] = [];
  let left = time;
  const failed = await inGroups(messages, {
    mayBegin: () => left-- > 0,
    handle: async ({ id }) => {
      begun.push(id);
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(id);
      return !fails.includes(id);
    },
    postpone: ({ id }, why) => void postponed.push(`${id} ${why}`),
  });
  return { begun, ended, postponed, failed };
};

test('after a failure the rest of the group is given back unbegun, and other groups go on', async () => {
  const batch = [message('a1', 'a'), message('b1', 'b'), message('a2', 'a'), message('b2', 'b'), message('a3', 'a')];
  const { begun, failed, postponed } = await run(batch, { fails: ['a2'] });
  expect(begun.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(failed).toEqual(['a2', 'a3']);
  expect(postponed).toEqual(['a3 group']);
});

test('groups run side by side, a group one by one', async () => {
  const { begun, ended } = await run([message('a1', 'a'), message('a2', 'a'), message('b1', 'b')]);
  expect(begun).toEqual(['a1', 'b1', 'a2']);
  expect(ended).toEqual(['a1', 'b1', 'a2']);
});

test('messages without a group do not wait for each other, nor for one another’s failure', async () => {
  const { begun, failed } = await run([message('1'), message('2'), message('3')], { fails: ['1'] });
  expect(begun).toEqual(['1', '2', '3']);
  expect(failed).toEqual(['1']);
});

test('when time is up nothing more is begun, and what was not is given back', async () => {
  const { begun, failed, postponed } = await run([message('a1', 'a'), message('a2', 'a'), message('a3', 'a')], {
    time: 1,
  });
  expect(begun).toEqual(['a1']);
  expect(failed).toEqual(['a2', 'a3']);
  expect(postponed).toEqual(['a2 deadline', 'a3 deadline']);
});

test('whatever fails: only received ids come back, each once, and never one before a success of its group', async () => {
  const batches = fc.array(fc.record({ group: fc.constantFrom('a', 'b', 'c', undefined), fails: fc.boolean() }), {
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(batches, fc.nat(12), async (batch, time) => {
      const messages = batch.map(({ group }, index) => message(String(index), group));
      const fails = batch.flatMap(({ fails }, index) => (fails ? [String(index)] : []));
      const { failed, begun } = await run(messages, { fails, time });
      expect(new Set(failed).size).toBe(failed.length);
      for (const [index, { id, group }] of messages.entries()) {
        const done = begun.includes(id) && !fails.includes(id);
        expect(failed.includes(id)).toBe(!done);
        const earlier = messages.slice(0, index).filter((other) => group !== undefined && other.group === group);
        if (done) for (const before of earlier) expect(failed).not.toContain(before.id);
      }
    }),
  );
});
