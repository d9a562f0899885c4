import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patiently } from '../../../lib/commerce/patience.ts';
import { UpstreamError, UpstreamTimeoutError } from '../../../lib/contract/errors.ts';

const call = { method: 'GET', path: '/orders' };

const fails = (errors: readonly Error[]) => {
  const waits: number[] = [];
  let attempts = 0;
  const read = async () => {
    const error = errors[attempts++];
    if (error) throw error;
    return 'read';
  };
  return { waits, read, wait: async (ms: number) => void waits.push(ms), attempts: () => attempts };
};

const throttled = (retryAfterMs?: number) =>
  new UpstreamError('no', { ...call, status: 429, ...(retryAfterMs !== undefined && { retryAfterMs }) }, 'retry');

test('what passes is waited for: as long as the server says, else twice as long each time', async () => {
  const { read, wait, waits } = fails([
    throttled(2500),
    new UpstreamError('no', call, 'retry'),
    new UpstreamTimeoutError('late', call),
    new UpstreamError('no', { ...call, status: 503 }, 'retry'),
  ]);
  expect(await patiently(read, wait)).toBe('read');
  expect(waits).toEqual([2500, 2000, 4000, 8000]);
});

test('nobody waits longer than a minute at a time, nor for ever', async () => {
  const { read, wait, waits } = fails(Array.from({ length: 50 }, () => throttled(86_400_000)));
  await expect(patiently(read, wait)).rejects.toThrow(UpstreamError);
  expect(waits).toEqual(Array(6).fill(60_000));
});

test('what does not pass is not waited for', async () => {
  const final = [
    new UpstreamError('no', { ...call, status: 401 }, 'retry'),
    new UpstreamError('no', { ...call, status: 404 }, 'retry'),
    new UpstreamError('not as documented', { ...call, status: 200 }, 'park'),
    new Error('a fault of ours'),
  ];
  for (const error of final) {
    const { read, wait, waits } = fails([error]);
    await expect(patiently(read, wait)).rejects.toBe(error);
    expect(waits).toEqual([]);
  }
});

test('whoever cannot wait reads once', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 500, max: 599 }), async (status) => {
      const { read, attempts } = fails([new UpstreamError('no', { ...call, status }, 'retry')]);
      await expect(patiently(read, undefined)).rejects.toThrow(UpstreamError);
      expect(attempts()).toBe(1);
    }),
  ));
