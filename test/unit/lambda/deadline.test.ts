import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { deadlineOf } from '../../../lib/lambda/deadline.ts';
import { inboxHandler } from '../../../lib/lambda/inbox-handler.ts';
import { ENGINE } from '../../support/engine.ts';
import { inbox } from '../inbox/fakes.ts';

const context = (remaining: number) => ({ getRemainingTimeInMillis: () => remaining }) as unknown as Context;

const msUntil = (deadline: Date | undefined) => (deadline?.getTime() ?? Number.NaN) - Date.now();

test('a second before the function would be ended, nobody waits for another server any more', () => {
  expect(msUntil(deadlineOf(context(60_000)))).toBeGreaterThan(50_000);
  expect(msUntil(deadlineOf(context(60_000)))).toBeLessThanOrEqual(59_000);
});

test('where nobody says when that is, there is no deadline', () => {
  expect(deadlineOf(undefined)).toBeUndefined();
  expect(deadlineOf({} as Context)).toBeUndefined();
});

test('the inbox makes its calls with the deadline of their batch', async () => {
  const given: (Date | undefined)[] = [];
  const handler = inboxHandler(ENGINE, new Map(), async (deadline) => {
    given.push(deadline);
    return inbox().deps;
  });
  await handler({ Records: [] }, context(60_000));
  await handler({ Records: [] });
  expect(given).toEqual([expect.any(Date), undefined]);
});
