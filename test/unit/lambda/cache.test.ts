import { expect, test } from 'vitest';
import { cache } from '../../../lib/lambda/cache.ts';

const make = (size = 3) => {
  let now = 0;
  let asked = 0;
  const get = cache<string | null>({ now: () => new Date(now), keepMs: (value) => (value ? 60 : 5), size });
  return {
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
    asked: () => asked,
    get: (key: string, value: string | null = 'value') =>
      get(key, async () => {
        asked++;
        return value;
      }),
  };
};

test('a value is kept for its time, a miss for its own', async () => {
  const { get, wait, asked } = make();
  await get('there');
  await get('not there', null);
  wait(4);
  await get('there');
  await get('not there', null);
  expect(asked()).toBe(2);
  wait(1);
  await get('there');
  await get('not there', null);
  expect(asked()).toBe(3);
  wait(55);
  await get('there');
  expect(asked()).toBe(4);
});

test('many who ask at the same time ask once', async () => {
  const { get, asked } = make();
  await Promise.all(Array.from({ length: 50 }, () => get('key')));
  expect(asked()).toBe(1);
});

test('however many keys are asked for, only so many are kept', async () => {
  const { get, asked } = make(3);
  for (const key of ['1', '2', '3', '4']) await get(key);
  await get('4');
  await get('2');
  expect(asked()).toBe(4);
  await get('1');
  expect(asked()).toBe(5);
});

test('what fails is not kept', async () => {
  const get = cache<string>({ now: () => new Date(0), keepMs: () => 60, size: 3 });
  await expect(get('key', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await get('key', async () => 'here')).toBe('here');
});
