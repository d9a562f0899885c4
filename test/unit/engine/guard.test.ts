import { describe, expect, test } from 'vitest';
import type { Guard } from '../../../lib/contract/api.ts';
import { ConflictError } from '../../../lib/contract/errors.ts';
import { updateCustomerProfileV2 as row } from '../../../lib/contract/operations/profiles.ts';
import { perform } from '../../../lib/engine/perform.ts';
import { updateCustomerProfileV2 } from '../../../lib/engine/profiles.ts';
import { type Change, StaleWriteError } from '../../../lib/store/store.ts';
import { cart, story, testEngine } from '../../support/engine.ts';

const KEY = { partition: 'mark', sort: 'mark' };
const mark: Change = { put: { key: KEY, data: { done: true } }, expect: 'absent' };

const ORDER = { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60) };

test('what the guard returns is written with the call', async () => {
  const engine = testEngine();
  await engine.session('s', ORDER, { guard: () => [mark] });
  expect(await engine.stored({ key: KEY })).toEqual({ done: true });
  expect(engine.store.trips.write).toBe(2); // The ids' block, and all of the rest.
});

test('it is told the effects that the answer states, and of a repeat none: they were told before', async () => {
  const engine = testEngine();
  const told: unknown[] = [];
  const guard: Guard = (published) => {
    told.push(published);
    return [];
  };
  const open = await engine.session('s', ORDER, { guard });
  const closed = await engine.session('s', { state: 'closed' }, { guard });
  await engine.session('s', { state: 'closed' }, { guard });
  const cancelled = await engine.session('s', { state: 'cancelled' }, { guard });
  expect(told).toEqual([open.effects, closed.effects, [], cancelled.effects]);
});

test('a call that changes nothing of its own still writes the guard', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, state: 'closed' });
  await engine.session('s', { state: 'closed' }, { guard: () => [mark] });
  expect(await engine.stored({ key: KEY })).toEqual({ done: true });
});

describe('a guard that meets another state than it expects', () => {
  test('ends the call with its StaleWriteError, after one attempt, and nothing is written', async () => {
    const engine = testEngine();
    await engine.session('s', ORDER, { guard: () => [mark] });
    const before = await engine.store.dump();
    const writes = engine.store.trips.write;
    await expect(engine.session('s', { state: 'closed' }, { guard: () => [mark] })).rejects.toThrow(StaleWriteError);
    expect(await engine.store.dump()).toBe(before);
    expect(engine.store.trips.write).toBe(writes + 1);
  });

  test('does so too when the call’s own records are stale with it', async () => {
    const engine = testEngine();
    await engine.session('s', ORDER);
    await engine.session('other', {}, { guard: () => [mark] });
    const stale = engine.session('s', { state: 'closed' }, { guard: () => [mark] });
    const updates = engine.session('s', { attributes: { a: 1 } });
    await expect(stale).rejects.toThrow(StaleWriteError);
    await updates;
  });
});

test('a guard that throws ends the call with its error, and nothing is written', async () => {
  const engine = testEngine();
  await engine.session('s', ORDER);
  const before = await engine.store.dump();
  const guard = () => {
    throw new RangeError('no');
  };
  await expect(engine.session('s', { state: 'closed' }, { guard })).rejects.toThrow(RangeError);
  expect(await engine.store.dump()).toBe(before);
});

test('it is asked again for every attempt, with what is decided then', async () => {
  const engine = testEngine();
  await engine.session('s', ORDER);
  await engine.session('t', { ...ORDER, profileId: 'q' });
  const told: string[][] = [];
  const close = (id: string) =>
    engine.session(
      id,
      { state: 'closed' },
      {
        guard: (effects) => {
          told.push(story({ effects }));
          return [{ put: { key: { partition: 'mark', sort: id }, data: {} }, expect: 'absent' }];
        },
      },
    );
  await Promise.all([close('s'), close('t')]);
  expect(told).toHaveLength(3);
  expect(told[2]).toEqual(['rejectCoupon SUMMER CouponLimitReached']);
});

describe('when others keep being faster', () => {
  test.each(['session', 'profile'] as const)('a %s call answers 409 after eight attempts', async (subject) => {
    const engine = testEngine();
    await engine.session('warm', {});
    const writes = engine.store.trips.write;
    engine.store.beforeWrite = () => {
      throw new StaleWriteError([KEY]);
    };
    const call = subject === 'session' ? engine.session('s', ORDER) : engine.profile('p');
    const error = await call.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({
      status: 409,
      message: `Too many requests are updating this ${subject} at the same time`,
      issues: undefined,
    });
    expect(engine.store.trips.write).toBe(writes + 8);
  });

  test('it waits a little longer each time', async () => {
    const engine = testEngine();
    await engine.session('warm', {});
    const waits: number[] = [];
    const deps = { ...engine.deps, pause: async (milliseconds: number) => void waits.push(milliseconds) };
    engine.store.beforeWrite = () => {
      throw new StaleWriteError([KEY]);
    };
    const input = {
      params: { integrationId: 'p' },
      query: { runRuleEngine: false, dry: false },
      body: { attributes: undefined, audiencesChanges: undefined, responseContent: undefined },
    };
    await expect(
      perform(row, updateCustomerProfileV2, input, { applicationId: 1, requestId: 'r' }, deps),
    ).rejects.toThrow(ConflictError);
    expect(waits).toHaveLength(7);
    expect(waits.every((wait, index) => wait >= 0 && wait <= 2 ** (index + 2) * 5)).toBe(true);
  });
});

test('an error of the store is the call’s error', async () => {
  const engine = testEngine();
  await engine.session('warm', {});
  engine.store.beforeWrite = () => {
    throw new Error('disk full');
  };
  await expect(engine.session('s', ORDER)).rejects.toThrow('disk full');
});
