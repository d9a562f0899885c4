import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordsOf } from '../../../lib/engine/records.ts';
import { ownerOfProfile, type Person } from '../../../lib/privacy/person.ts';
import { liftChanges, suppressChanges, suppressedOf, suppressionKey } from '../../../lib/privacy/suppression.ts';
import { segments } from '../../../lib/store/segment.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { StaleWriteError } from '../../../lib/store/store.ts';
import { watched } from '../../support/engine.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const LATER = new Date('2026-03-09T12:00:00Z');

const world = () => {
  const store = watched(openSqliteStore(':memory:', { now: () => NOW }));
  const deps = { store, accountId: 1, segment: segments('test') };
  const suppress = async (person: Person, request: string, now = NOW) => {
    const changes = await suppressChanges(person, request, now, deps);
    if (changes.length > 0) await store.write(changes, randomUUID());
    return changes.length;
  };
  const lift = async (person: Person, request: string) => {
    const changes = await liftChanges(person, request, deps);
    if (changes.length > 0) await store.write(changes, randomUUID());
    return changes.length;
  };
  const suppressed = async (...profiles: string[]) => [...(await suppressedOf('live', profiles, deps))];
  return { store, deps, suppress, lift, suppressed };
};

const ANN: Person = { environment: 'live', profiles: ['shopify:7', 'guest:abc'] };

test('every id of a person is suppressed, in their environment and nowhere else', async () => {
  const { suppress, suppressed, deps } = world();
  await suppress(ANN, 'r1');
  expect(await suppressed('shopify:7', 'shopify:8', 'guest:abc', 'shopify:7')).toEqual(['shopify:7', 'guest:abc']);
  expect(await suppressedOf('sandbox', ANN.profiles, deps)).toEqual(new Set());
});

test('suppressing again for the same request changes nothing', async () => {
  const { suppress, store } = world();
  expect(await suppress(ANN, 'r1')).toBe(2);
  const before = await store.dump();
  expect(await suppress(ANN, 'r1', LATER)).toBe(0);
  expect(await store.dump()).toBe(before);
});

test('an id that is found later is suppressed too', async () => {
  const { suppress, suppressed } = world();
  await suppress(ANN, 'r1');
  expect(await suppress({ ...ANN, profiles: [...ANN.profiles, 'merged'] }, 'r1')).toBe(1);
  expect(await suppressed('merged')).toEqual(['merged']);
});

test('a mark says since when, by the first request that needs it, and holds no id of the person', async () => {
  const { suppress, store, deps } = world();
  await suppress(ANN, 'r1');
  await suppress(ANN, 'r2', LATER);
  const [mark] = await store.get([suppressionKey('live', 'shopify:7', deps)]);
  expect(mark?.data).toEqual({ since: NOW.toISOString(), requests: ['r1', 'r2'] });
  expect(mark).not.toHaveProperty('owner');
  expect(await store.dump()).not.toMatch(/shopify:7|guest:abc/);
});

test('two requests at once cannot lose each other: who writes second decides again', async () => {
  const { store, deps, suppressed, lift } = world();
  const [one, other] = await Promise.all([
    suppressChanges(ANN, 'r1', NOW, deps),
    suppressChanges(ANN, 'r2', NOW, deps),
  ]);
  await store.write(one, randomUUID());
  await expect(store.write(other, randomUUID())).rejects.toThrow(StaleWriteError);
  await store.write(await suppressChanges(ANN, 'r2', NOW, deps), randomUUID());
  await lift(ANN, 'r1');
  expect(await suppressed(...ANN.profiles)).toEqual(ANN.profiles);
});

test('a lift that meets a new request leaves the mark', async () => {
  const { store, deps, suppress, suppressed } = world();
  await suppress(ANN, 'r1');
  const lifting = await liftChanges(ANN, 'r1', deps);
  await suppress(ANN, 'r2');
  await expect(store.write(lifting, randomUUID())).rejects.toThrow(StaleWriteError);
  expect(await suppressed(...ANN.profiles)).toEqual(ANN.profiles);
});

test('whatever is asked and taken back in whichever order, suppressed is who a request still needs it for', async () => {
  const step = fc.record({
    lifts: fc.boolean(),
    request: fc.constantFrom('r1', 'r2', 'r3'),
    profiles: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const { suppress, lift, suppressed } = world();
      const needed = new Set<string>();
      for (const { lifts, request, profiles } of steps) {
        await (lifts ? lift : suppress)({ environment: 'live', profiles }, request);
        for (const profile of profiles) needed[lifts ? 'delete' : 'add'](`${profile} ${request}`);
      }
      const expected = ['a', 'b', 'c'].filter((profile) => [...needed].some((need) => need.startsWith(profile)));
      expect(await suppressed('a', 'b', 'c')).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

describe('asking', () => {
  test('is one round trip for a hundred profiles, and none for none', async () => {
    const { store, suppressed } = world();
    await suppressed();
    expect(store.trips.get).toBe(0);
    await suppressed(...Array.from({ length: 101 }, (_, index) => `p${index}`));
    expect(store.trips.get).toBe(2);
  });
});

test('the owner text is the one that the engine gives what a profile has', () => {
  const naming = { accountId: 1, segment: segments('test') };
  for (const environment of ['live', 'sandbox'] as const) {
    const records = recordsOf({ id: 5, environment }, 1, naming.segment);
    expect(ownerOfProfile(environment, 'ann', naming)).toBe(records.ownerOf('ann'));
  }
});
