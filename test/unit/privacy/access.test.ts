import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type AccessDeps, EXPORT_DAYS, EXPORT_SEAL, makeExport, openExport } from '../../../lib/privacy/access.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { sealFor } from '../../../lib/store/seal.ts';
import { testEngine } from '../../support/engine.ts';
import { DAY } from '../../support/privacy.ts';

const REQUEST = { id: 'request-1' } as PrivacyRequest;
const ANN = { environment: 'live', profiles: ['ann', 'guest:1'] } as const;

const stage = () => {
  const engine = testEngine();
  engine.clock.now = new Date(Math.floor(Date.now() / 1000) * 1000);
  const { store, accountId, segment, now } = engine.deps;
  const deps: AccessDeps = {
    store,
    accountId,
    segment,
    now,
    seal: sealFor('a secret of the tests', EXPORT_SEAL),
    hosted: async function* () {
      yield { from: 'hosted:2', kind: 'inventory', data: { profile: { integrationId: 'ann' } } };
    },
  };
  return { engine, deps };
};

describe('an export of an access request', () => {
  test('holds everything of the person, under each of their names, and nothing of others', async () => {
    const { engine, deps } = stage();
    await engine.session('s1', { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: [item], state: 'closed' });
    await engine.session('s2', { profileId: 'guest:1' });
    await engine.session('s3', { profileId: 'bob' });
    await engine.event('s1', { profileId: 'ann' });
    await engine.referral('ann').catch(() => {});
    await makeExport(REQUEST, ANN, deps);
    const records = (await openExport(REQUEST.id, deps)) ?? [];
    const kinds = Map.groupBy(records, ({ kind }) => kind);
    expect(
      kinds
        .get('profile')
        ?.map(({ data }) => (data as { integrationId: string }).integrationId)
        .sort(),
    ).toEqual(['ann', 'guest:1']);
    expect(kinds.get('session')).toHaveLength(2);
    expect(kinds.get('event')).toHaveLength(1);
    expect(kinds.get('coupon')).toHaveLength(1);
    expect(kinds.get('inventory')).toEqual([
      { from: 'hosted:2', kind: 'inventory', data: { profile: { integrationId: 'ann' } } },
    ]);
    expect(JSON.stringify(records)).not.toContain('bob');
  });

  test('of whom a hosted account says nothing now leaves nothing behind, however often it is tried', async () => {
    const { engine, deps } = stage();
    const owner = engine.records.ownerOf('ann') ?? '';
    for (const sort of ['1', '2']) {
      const put = { key: { partition: '1/live/long', sort }, data: { text: 'long '.repeat(20_000) }, owner };
      await engine.store.write([{ put, expect: 'absent' }], randomUUID());
    }
    const before = await engine.store.items();
    // biome-ignore lint/correctness/useYield: it fails before
    const hosted = async function* (): AsyncGenerator<never> {
      throw new Error('away');
    };
    await expect(makeExport(REQUEST, ANN, { ...deps, hosted })).rejects.toThrow('away');
    expect(await engine.store.items()).toHaveLength(before.length);
  });

  test('lies encrypted, for two weeks, and an erasure finds it', async () => {
    const { engine, deps } = stage();
    await engine.profile('ann', { attributes: {} });
    const before = new Set((await engine.store.items()).map(({ key }) => key.partition));
    await makeExport(REQUEST, ANN, deps);
    const made = (await engine.store.items()).filter(({ key }) => !before.has(key.partition));
    expect(made).toHaveLength(2);
    expect(JSON.stringify(made)).not.toContain('ann');
    for (const { owner } of made) expect(owner).toBe(engine.records.ownerOf('ann'));
    for (const { expires } of made) {
      expect(expires?.getTime()).toBe(engine.clock.now.getTime() + EXPORT_DAYS * DAY);
    }
  });

  test('comes back as it was, however long it is and whatever characters it holds', async () => {
    const { deps } = stage();
    const text = '🎁é\u0000"\n'.repeat(50_000);
    const hosted = async function* () {
      for (let n = 0; n < 3; n++) yield { from: 'hosted:2', kind: 'inventory', data: { n, text } };
    };
    await makeExport(REQUEST, ANN, { ...deps, hosted });
    const records = await openExport(REQUEST.id, deps);
    expect(records?.map(({ data }) => data)).toEqual([0, 1, 2].map((n) => ({ n, text })));
  });

  test('opens with the secret that sealed it, in its own place, only', async () => {
    const { deps } = stage();
    await makeExport(REQUEST, ANN, deps);
    await expect(openExport(REQUEST.id, { ...deps, seal: sealFor('another', EXPORT_SEAL) })).rejects.toThrow(
      'does not open',
    );
    expect(await openExport('request-2', deps)).toBeUndefined();
  });

  test('made again after a crash is the newer one', async () => {
    const { engine, deps } = stage();
    let writes = 0;
    const crashing = {
      ...deps,
      store: {
        ...engine.store,
        write: async (...args: Parameters<typeof engine.store.write>) => {
          if (++writes === 2) throw new Error('crash');
          await engine.store.write(...args);
        },
      },
    };
    await expect(makeExport(REQUEST, ANN, crashing)).rejects.toThrow('crash');
    expect(await openExport(REQUEST.id, deps)).toBeUndefined();
    await engine.profile('ann');
    await makeExport(REQUEST, ANN, deps);
    await makeExport(REQUEST, ANN, deps);
    const records = await openExport(REQUEST.id, deps);
    expect(records?.map(({ kind }) => kind).sort()).toEqual(['inventory', 'profile']);
  });
});

const item = { name: 'Tea', sku: `tea-${randomUUID()}`, quantity: 1, price: 60 };
