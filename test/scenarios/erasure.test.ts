import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asked, acceptRequest } from '../../lib/privacy/accept.ts';
import { EXPORT_SEAL, makeExport } from '../../lib/privacy/access.ts';
import { clarify } from '../../lib/privacy/clarify.ts';
import { ensureLinks } from '../../lib/privacy/links.ts';
import { findRequest } from '../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../lib/privacy/request.ts';
import { runErasures, verifyErasures } from '../../lib/privacy/run.ts';
import { suppressedOf } from '../../lib/privacy/suppression.ts';
import { sealFor } from '../../lib/store/seal.ts';
import type { WatchedStore } from '../support/engine.ts';
import { erasureStage } from '../support/erasure-stage.ts';
import { hostedAccount } from '../support/hosted.ts';
import { json } from '../support/http-server.ts';
import { DAY, HOUR } from '../support/privacy.ts';

type Stage = ReturnType<typeof erasureStage>;

const AT_ONCE = { drainMinutes: 0 };

const ask = async ({ deps, clock }: Stage, asked: Partial<Asked> = {}): Promise<string> => {
  const { request } = await acceptRequest(
    {
      kind: 'erasure',
      source: 'officer',
      sourceId: randomUUID(),
      environment: 'live',
      regulation: 'gdpr',
      profiles: ['ann'],
      received: clock.now,
      graceDays: 0,
      ...asked,
    },
    deps,
  );
  return request.id;
};

const read = async (id: string, { deps }: Stage): Promise<PrivacyRequest> => {
  const found = await findRequest(id, deps);
  if (!found) throw new Error('no such request');
  return found.request;
};

const pass = ({ clock }: Stage, ms: number): void => {
  clock.now = new Date(clock.now.getTime() + ms);
};

/** What happens right before the next write, when everything that it was decided on is read. */
const beforeNextWrite = (store: WatchedStore, meanwhile: () => Promise<unknown>): void => {
  const { write } = store;
  store.write = async (changes, attempt) => {
    store.write = write;
    await meanwhile();
    await write(changes, attempt);
  };
};

const namesAnn = async ({ store }: Stage): Promise<boolean> => (await store.dump()).includes('"ann"');

describe('a call that had looked before the suppression, and writes after the deletion', () => {
  const raced = async (settings: object) => {
    const stage = erasureStage(settings);
    let id = '';
    beforeNextWrite(stage.store, async () => {
      id = await ask(stage);
      await runErasures(stage.deps);
    });
    await stage.shop.session('s1', { profileId: 'ann' });
    return { stage, id };
  };

  test('is over before anything is deleted, since deleting waits for longer than any function lives', async () => {
    const { stage, id } = await raced({ drainMinutes: 15 });
    expect((await read(id, stage)).status).toBe('pending');
    pass(stage, 15 * 60_000);
    await runErasures(stage.deps);
    expect((await read(id, stage)).status).toBe('completed');
    expect(await namesAnn(stage)).toBe(false);
  });

  test('is found by the check of the next day all the same, deleted again, counted, and told as an alarm', async () => {
    const { stage, id } = await raced(AT_ONCE);
    expect((await read(id, stage)).status).toBe('completed');
    expect(await namesAnn(stage)).toBe(true);
    pass(stage, DAY);
    await verifyErasures(stage.deps);
    expect(stage.lines.map(({ outcome }) => outcome)).toContain('resurrected');
    await runErasures(stage.deps);
    expect(await namesAnn(stage)).toBe(false);
    pass(stage, 7 * DAY);
    await verifyErasures(stage.deps);
    pass(stage, 7 * DAY);
    await verifyErasures(stage.deps);
    expect(await read(id, stage)).toMatchObject({ status: 'verified', resurrections: 1 });
  });
});

describe('a hosted account', () => {
  const hosted = async () => {
    const account = await hostedAccount();
    await account.engine.profile('ann');
    const stage = erasureStage(AT_ONCE, account.remotes());
    return { account, stage, id: await ask(stage) };
  };

  test('is erased by its own API and read back, and the receipt says what nobody can check there', async () => {
    const { account, stage, id } = await hosted();
    await runErasures(stage.deps);
    expect(await read(id, stage)).toMatchObject({
      status: 'completed',
      targets: { 'hosted:1': { state: 'confirmed', counts: { profiles: 1 } }, work: { state: 'not_found' } },
      checks: [{ found: { 'hosted:1': 'absent', store: 'absent', work: 'absent' } }, {}, {}],
    });
    await expect(account.engine.stored(account.engine.records.profile('ann'))).resolves.toBeUndefined();
  });

  test('keeps nothing of the person here either: exports, links and what an engine left behind go', async () => {
    const { stage, id } = await hosted();
    const { records } = stage.shop;
    const owner = records.ownerOf('ann') ?? '';
    const key = { partition: '1/1/session/old', sort: 'session' };
    await stage.store.write([{ put: { key, data: { profileId: 'ann' }, owner }, expect: 'absent' }], randomUUID());
    await runErasures(stage.deps);
    expect(await read(id, stage)).toMatchObject({ targets: { store: { state: 'confirmed', counts: { items: 1 } } } });
    expect(await namesAnn(stage)).toBe(false);
  });

  test('that fails keeps the request partial, and is asked again until it has done it', async () => {
    const { account, stage, id } = await hosted();
    for (let n = 0; n < 10; n++) account.fates.push((response) => json(response, 500, {}));
    await runErasures(stage.deps);
    expect(await read(id, stage)).toMatchObject({ status: 'partial', reason: 'not erased: hosted:1' });
    account.fates.length = 0;
    pass(stage, HOUR);
    await runErasures(stage.deps);
    expect((await read(id, stage)).status).toBe('completed');
  });

  test('leaves nothing of the person in the store either: no link that is theirs alone, no export', async () => {
    const account = await hostedAccount();
    const stage = erasureStage(AT_ONCE, account.remotes());
    const { store, accountId, segment } = stage.deps;
    for (const profile of ['ann', 'bob']) {
      await ensureLinks({ environment: 'live', profile, aliases: ['guest:shared'] }, stage.deps);
    }
    const access = await ask(stage, { kind: 'access' });
    const { request } = (await findRequest(access, stage.deps)) ?? {};
    if (!request) throw new Error('no such request');
    const person = { environment: 'live', profiles: ['ann'] } as const;
    const seal = sealFor('a secret', EXPORT_SEAL);
    await makeExport(request, person, {
      ...stage.deps,
      store,
      accountId,
      segment,
      seal,
      hosted: async function* () {},
    });
    const id = await ask(stage);
    await clarify(id, { theirs: [], others: ['guest:shared'] }, stage.deps);
    await runErasures(stage.deps);
    expect((await read(id, stage)).status).toBe('completed');
    expect(await namesAnn(stage)).toBe(false);
    expect((await stage.store.dump()).includes(`privacy/export/${access}`)).toBe(false);
  });

  test('that makes the person anew, by other software, is found and erased again', async () => {
    const { account, stage, id } = await hosted();
    await runErasures(stage.deps);
    await account.engine.profile('ann');
    pass(stage, DAY);
    await verifyErasures(stage.deps);
    await runErasures(stage.deps);
    expect(await read(id, stage)).toMatchObject({ status: 'completed', resurrections: 1 });
    await expect(account.engine.stored(account.engine.records.profile('ann'))).resolves.toBeUndefined();
  });
});

describe('two people behind one alias', () => {
  const shared = async () => {
    const stage = erasureStage(AT_ONCE);
    for (const profile of ['ann', 'bob', 'guest:shared']) await stage.shop.profile(profile);
    for (const profile of ['ann', 'bob']) {
      await ensureLinks({ environment: 'live', profile, aliases: ['guest:shared'] }, stage.deps);
    }
    return { stage, id: await ask(stage) };
  };
  const isThere = async (profile: string, { shop }: Stage): Promise<boolean> =>
    (await shop.stored(shop.records.profile(profile))) !== undefined;

  test('are never guessed at: the request asks, and nobody is deleted', async () => {
    const { stage, id } = await shared();
    pass(stage, 20 * DAY);
    await runErasures(stage.deps);
    expect(await read(id, stage)).toMatchObject({ status: 'requires_input', targets: {} });
    expect(await isThere('ann', stage)).toBe(true);
    // And its deadline runs: somebody is told.
    expect(stage.lines).toMatchObject([{ outcome: 'deadline', state: 'requires_input' }]);
  });

  test('with who is said to be the person come the ids by which only they are known', async () => {
    const stage = erasureStage(AT_ONCE);
    for (const profile of ['ann', 'carl', 'guest:carl', 'guest:shared']) await stage.shop.profile(profile);
    await ensureLinks({ environment: 'live', profile: 'carl', aliases: ['guest:carl', 'guest:shared'] }, stage.deps);
    await ensureLinks({ environment: 'live', profile: 'bob', aliases: ['guest:shared'] }, stage.deps);
    const id = await ask(stage, { unclear: ['carl'] });
    await clarify(id, { theirs: ['carl'], others: [] }, stage.deps);
    expect((await suppressedOf('live', ['guest:carl', 'guest:shared'], stage.deps)).has('guest:carl')).toBe(true);
    await runErasures(stage.deps);
    expect(await isThere('carl', stage)).toBe(false);
    expect(await isThere('guest:carl', stage)).toBe(false);
    expect(await isThere('guest:shared', stage)).toBe(true);
  });

  test.each([
    ['theirs', true],
    ['others', false],
  ] as const)('are told apart by an officer: %s', async (whose, isErased) => {
    const { stage, id } = await shared();
    await clarify(id, { theirs: [], others: [], [whose]: ['guest:shared'] }, stage.deps);
    await runErasures(stage.deps);
    expect((await read(id, stage)).status).toBe('completed');
    expect(await isThere('ann', stage)).toBe(false);
    expect(await isThere('guest:shared', stage)).toBe(!isErased);
    expect(await isThere('bob', stage)).toBe(true);
  });
});
