import { afterEach, expect, test, vi } from 'vitest';
import { once } from '../../../lib/lambda/deps.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a thing is opened once, also for those who ask at the same time', async () => {
  let opened = 0;
  const open = () => once('thing', ['STAGE'], async () => ++opened);
  vi.stubEnv('STAGE', 'local');
  expect(await Promise.all([open(), open()])).toEqual([1, 1]);
  expect(await open()).toBe(1);
});

test('another environment opens another one', async () => {
  const open = () => once('stage', ['STAGE'], ({ STAGE }) => STAGE);
  vi.stubEnv('STAGE', 'local');
  expect(await open()).toBe('local');
  vi.stubEnv('STAGE', 'test');
  expect(await open()).toBe('test');
});

test('what could not be opened is tried again', async () => {
  let tries = 0;
  const open = () =>
    once('late', [], async () => {
      if (++tries === 1) throw new Error('away');
      return 'here';
    });
  await expect(open()).rejects.toThrow('away');
  expect(await open()).toBe('here');
});

test('a variable that is missing rejects and does not throw', async () => {
  vi.stubEnv('STORE', '');
  await expect(once('store', ['STORE'], () => 1)).rejects.toThrow('STORE is not set');
});
