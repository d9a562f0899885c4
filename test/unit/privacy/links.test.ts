import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ensureLinks, linksNaming, linksOf } from '../../../lib/privacy/links.ts';
import { ownerOfProfile } from '../../../lib/privacy/person.ts';
import { suppressChanges } from '../../../lib/privacy/suppression.ts';
import { segments } from '../../../lib/store/segment.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { watched } from '../../support/engine.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

const world = () => {
  const store = watched(openSqliteStore(':memory:', { now: () => NOW }));
  const deps = { store, accountId: 1, segment: segments('test') };
  return {
    store,
    deps,
    link: (profile: string, ...aliases: string[]) => ensureLinks({ environment: 'live', profile, aliases }, deps),
    who: (profiles: string[], aliases: string[] = []) => linksOf({ environment: 'live', profiles, aliases }, deps),
    suppress: async (...profiles: string[]) =>
      store.write(await suppressChanges({ environment: 'live', profiles }, 'r', NOW, deps), randomUUID()),
  };
};

test('a customer is found by the guest that they were, and the guest by the customer', async () => {
  const { link, who } = world();
  await link('shop:7', 'guest:a', 'guest:b');
  const all = ['guest:a', 'guest:b', 'shop:7'];
  for (const id of all) expect((await who([id])).profiles.toSorted()).toEqual(all);
  expect(await who(['shop:8'])).toEqual({ environment: 'live', profiles: ['shop:8'] });
});

test('the first id that was asked for stays the first', async () => {
  const { link, who } = world();
  await link('shop:7', 'guest:a');
  expect((await who(['guest:a'])).profiles[0]).toBe('guest:a');
});

test('links are followed as far as they lead', async () => {
  const { link, who } = world();
  await link('shop:7', 'shop:5');
  await link('shop:5', 'guest:old');
  await link('shop:9', 'guest:other');
  expect(new Set((await who(['guest:old'])).profiles)).toEqual(new Set(['guest:old', 'shop:5', 'shop:7']));
});

test('an alias that two profiles have is unclear, and leads from neither to the other', async () => {
  const { link, who } = world();
  await link('shop:7', 'guest:family');
  await link('shop:8', 'guest:family');
  expect(await who(['shop:7'])).toEqual({ environment: 'live', profiles: ['shop:7'], unclear: ['guest:family'] });
  expect(await who(['guest:family'])).toEqual({
    ...{ environment: 'live', profiles: ['guest:family'], unclear: expect.arrayContaining(['shop:7', 'shop:8']) },
  });
});

test('who shares an alias that is theirs for certain is not taken for them', async () => {
  const { link, who } = world();
  await link('shop:7', 'guest:family');
  await link('shop:8', 'guest:family');
  for (const asked of [
    ['shop:7', 'guest:family'],
    ['guest:family', 'shop:7'],
  ]) {
    expect(await who(asked)).toEqual({ environment: 'live', profiles: asked, unclear: ['shop:8'] });
  }
});

test('whom an alias that is said to be theirs is known to be is asked about, and not taken for them', async () => {
  const { link, who } = world();
  await link('shop:8', 'guest:eve');
  const asked = ['shop:7', 'guest:eve'];
  expect(await who(asked)).toEqual({ environment: 'live', profiles: asked, unclear: ['shop:8'] });
});

test('an alias that is not noted is theirs unless somebody else has it', async () => {
  const { link, who } = world();
  await link('shop:8', 'guest:eve');
  expect(await who(['shop:7'], ['guest:ann'])).toEqual({ environment: 'live', profiles: ['shop:7', 'guest:ann'] });
  expect(await who(['shop:7'], ['guest:eve'])).toEqual({
    ...{ environment: 'live', profiles: ['shop:7'], unclear: ['guest:eve'] },
  });
});

test('what two profiles have that turn out to be one person is theirs', async () => {
  const { link, who } = world();
  await link('shop:7', 'guest:a', 'shop:8');
  await link('shop:8', 'guest:a');
  expect(await who(['shop:7'])).toEqual({
    ...{ environment: 'live', profiles: expect.arrayContaining(['shop:7', 'shop:8', 'guest:a']) },
  });
});

test('noted once, a link is not written again: to see that takes one read', async () => {
  const { link, store } = world();
  await link('shop:7', 'guest:a');
  const before = { ...store.trips };
  await link('shop:7', 'guest:a', 'guest:a', 'shop:7', '');
  expect(store.trips).toEqual({ ...before, get: before.get + 1 });
  await link('shop:7');
  expect(store.trips.write).toBe(before.write);
});

test('a link is its customer’s: it goes with their data', async () => {
  const { link, store, deps } = world();
  await link('shop:7', 'guest:a');
  const { items } = await store.query('byOwner', { owner: ownerOfProfile('live', 'shop:7', deps) });
  expect(items).toEqual([expect.objectContaining({ partition: expect.stringMatching(/^1\/live\/links\//) })]);
});

test('the links of a person are their own, and those of anybody that name them', async () => {
  const { link, deps, store } = world();
  await link('shop:7', 'guest:a');
  await link('shop:8', 'guest:a', 'guest:b');
  await store.write(
    [
      {
        put: {
          key: { partition: 'another thing', sort: '1' },
          data: {},
          owner: ownerOfProfile('live', 'shop:7', deps),
        },
        expect: 'absent',
      },
    ],
    randomUUID(),
  );
  const found = async (...profiles: string[]) => {
    const pairs: unknown[] = [];
    for await (const { alias, profile } of linksNaming({ environment: 'live', profiles }, deps))
      pairs.push({ alias, profile });
    return pairs;
  };
  const [mine, theirs] = [
    { alias: 'guest:a', profile: 'shop:7' },
    { alias: 'guest:a', profile: 'shop:8' },
  ];
  expect(await found('shop:7')).toEqual([mine]);
  expect(await found('guest:a')).toEqual(expect.arrayContaining([mine, theirs]));
  expect(await found('guest:b')).toEqual([{ alias: 'guest:b', profile: 'shop:8' }]);
  expect(await found('shop:9')).toEqual([]);
});

test('of a suppressed id nothing is noted, on either side', async () => {
  const { link, who, store, suppress } = world();
  await suppress('guest:a', 'shop:9');
  const before = await store.dump();
  await link('shop:7', 'guest:a');
  await link('shop:9', 'guest:b');
  expect(await store.dump()).toBe(before);
  await link('shop:7', 'guest:a', 'guest:c');
  expect((await who(['shop:7'])).profiles).toEqual(['shop:7', 'guest:c']);
});

test('two deliveries at once note every link', async () => {
  const { link, who } = world();
  await Promise.all([link('shop:7', 'a', 'b'), link('shop:7', 'b', 'c'), link('shop:7', 'c', 'a')]);
  expect(new Set((await who(['shop:7'])).profiles)).toEqual(new Set(['shop:7', 'a', 'b', 'c']));
});

test('more than anybody has is for people to look at, and does not grow without end', async () => {
  const { link, who } = world();
  for (let index = 0; index < 5; index++) {
    await link(`shop:${index}`, `shop:${index + 1}`, ...Array.from({ length: 35 }, (_, each) => `g${index}-${each}`));
  }
  const { profiles, unclear = [] } = await who(['shop:0']);
  expect(profiles).toHaveLength(80);
  expect(unclear.length).toBeGreaterThan(0);
});

test('whatever is linked, nobody is taken for theirs whom another profile claims', async () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(id, id), { maxLength: 8 }), async (pairs) => {
      const { link, who } = world();
      for (const [profile, alias] of pairs) await link(profile, alias);
      const { profiles, unclear = [] } = await who(['a']);
      expect(profiles.filter((each) => unclear.includes(each))).toEqual([]);
      for (const each of profiles.slice(1)) {
        const claimants = pairs.filter(([profile, alias]) => alias === each && profile !== alias).map(([own]) => own);
        const leads = pairs.some(
          ([profile, alias]) => profile === each && profiles.includes(alias) && profile !== alias,
        );
        // Either nobody else has it, or it is a profile that they were known to be.
        expect(leads || claimants.every((claimant) => profiles.includes(claimant))).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});
