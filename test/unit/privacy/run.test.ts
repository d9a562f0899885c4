import { describe, expect, test } from 'vitest';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';
import { releaseAll, stopAll } from '../../../lib/privacy/brake.ts';
import { move } from '../../../lib/privacy/move.ts';
import { changeRequest } from '../../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { runErasures } from '../../../lib/privacy/run.ts';
import { suppressedOf } from '../../../lib/privacy/suppression.ts';
import { DAY, fakeTarget, HOUR, MINUTE, privacyStage } from '../../support/privacy.ts';

const outcomes = (stage: ReturnType<typeof privacyStage>): string[] => stage.lines.map(({ outcome }) => outcome);

const isSuppressed = async (profile: string, { deps }: ReturnType<typeof privacyStage>): Promise<boolean> =>
  (await suppressedOf('live', [profile], deps)).has(profile);

describe('a request is accepted', () => {
  test('once for a source and its id: asked again it is the same, and nothing changes', async () => {
    const stage = privacyStage();
    const first = await stage.ask({ source: 'shopify:demo', sourceId: '7' });
    const before = await stage.store.dump();
    stage.pass(DAY);
    expect(await stage.ask({ source: 'shopify:demo', sourceId: '7', profiles: ['bob'] })).toEqual(first);
    expect(await stage.store.dump()).toBe(before);
    expect((await stage.ask({ source: 'shopify:other', sourceId: '7' })).id).not.toBe(first.id);
  });

  test('and suppresses every profile at once, before anything is deleted', async () => {
    const stage = privacyStage();
    await stage.ask({ profiles: ['ann', 'guest:1'] });
    expect(await isSuppressed('ann', stage)).toBe(true);
    expect(await isSuppressed('guest:1', stage)).toBe(true);
    expect(await isSuppressed('bob', stage)).toBe(false);
  });

  test('without suppression when somebody only wants to see what is held of them', async () => {
    const stage = privacyStage();
    const { id } = await stage.ask({ kind: 'access' });
    await stage.run();
    expect(await isSuppressed('ann', stage)).toBe(false);
    expect(stage.exported).toEqual([id]);
    const { status, sealed, next } = await stage.read(id);
    expect({ status, sealed, next }).toEqual({ status: 'completed', sealed: undefined, next: undefined });
  });

  test('and says nothing of the person to whom reads it', async () => {
    const stage = privacyStage();
    const request = await stage.ask({ profiles: ['ann@example.org'] });
    expect(await stage.store.dump()).not.toContain('ann@example.org');
    expect(JSON.stringify(request)).not.toContain('ann');
  });
});

test('an export that cannot be made is tried again an hour later, and takes no turn of an erasure', async () => {
  const engine = fakeTarget('engine');
  const stage = privacyStage({ settings: { drainMinutes: 0, perRun: 1 }, targets: [engine] });
  let tries = 0;
  const deps = {
    ...stage.deps,
    export: async () => {
      tries += 1;
      throw new Error('down');
    },
  };
  const ids = [await stage.ask({ kind: 'access' }), await stage.ask({ kind: 'access' })].map(({ id }) => id);
  const { id: erasure } = await stage.ask({ profiles: ['bob'] });
  for (let n = 0; n < 4; n++) await runErasures(deps);
  expect(tries).toBe(2);
  expect((await stage.read(erasure)).status).toBe('completed');
  for (const id of ids)
    expect(await stage.read(id)).toMatchObject({ status: 'pending', reason: 'not exported: Error' });
  stage.pass(HOUR);
  await stage.run();
  expect(stage.exported).toHaveLength(1);
});

describe('an erasure', () => {
  test('waits until calls that had looked before the suppression must have ended', async () => {
    const stage = privacyStage({ settings: { drainMinutes: 15 } });
    const { id } = await stage.ask();
    stage.pass(14 * MINUTE);
    await stage.run();
    expect((await stage.read(id)).status).toBe('pending');
    stage.pass(MINUTE);
    await stage.run();
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('waits for its grace, and never so long that the safe date is missed', async () => {
    const stage = privacyStage();
    const { id } = await stage.ask({ graceDays: 28 });
    stage.pass(24 * DAY);
    await stage.run();
    expect((await stage.read(id)).status).toBe('pending');
    stage.pass(DAY);
    await stage.run();
    const { status, log, safe } = await stage.read(id);
    expect(status).toBe('completed');
    expect((log.at(-1)?.at ?? '~') < safe).toBe(true);
  });

  test('erases, reads back at once, after a day and after a week, and then forgets who it was', async () => {
    const engine = fakeTarget('engine');
    engine.people.add('ann');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    await stage.run();
    const completed = await stage.read(id);
    expect(completed).toMatchObject({ status: 'completed', targets: { engine: { state: 'confirmed' } } });
    expect(completed.checks).toMatchObject([{ found: { engine: 'absent' } }, {}, {}]);
    expect(completed.sealed).toBeDefined();

    stage.pass(DAY);
    await stage.verify();
    expect((await stage.read(id)).status).toBe('completed');
    stage.pass(6 * DAY);
    await stage.verify();
    const verified = await stage.read(id);
    expect(verified).toMatchObject({ status: 'verified', targets: { engine: { state: 'verified' } } });
    expect(verified.sealed).toBeUndefined();
    expect(verified.next).toBeUndefined();
    expect(engine.calls).toEqual(['erase ann', 'check', 'check', 'check']);
    expect(await isSuppressed('ann', stage)).toBe(true);
  });

  test('of somebody unknown is done as well, and says so', async () => {
    const stage = privacyStage({ settings: { drainMinutes: 0 } });
    const { id } = await stage.ask();
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'completed', targets: { engine: { state: 'not_found' } } });
  });

  test('of which something is there again is deleted again, counted, and told as an alarm', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    await stage.run();
    engine.people.add('ann');
    stage.pass(DAY);
    await stage.verify();
    expect(outcomes(stage)).toContain('resurrected');
    expect(await stage.read(id)).toMatchObject({ status: 'in_progress', resurrections: 1 });
    await stage.run();
    expect(engine.people.size).toBe(0);
    expect((await stage.read(id)).status).toBe('completed');
    // The checks begin anew: a day and a week from here.
    stage.pass(6 * DAY);
    await stage.verify();
    expect((await stage.read(id)).status).toBe('completed');
    stage.pass(DAY);
    await stage.verify();
    expect((await stage.read(id)).status).toBe('verified');
  });

  test('waits for a target that has something to end first, without calling that a failure', async () => {
    const work = fakeTarget('work');
    work.erasing = () => ({ outcome: 'unfinished', reason: 'rows wait to be applied' });
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [work] });
    const { id } = await stage.ask();
    await stage.run();
    expect(await stage.read(id)).toMatchObject({
      status: 'in_progress',
      targets: { work: { state: 'pending', failures: 0, reason: 'rows wait to be applied' } },
    });
    work.erasing = () => undefined;
    stage.pass(MINUTE);
    await stage.run();
    expect((await stage.read(id)).status).toBe('completed');
  });
});

describe('a target that is down for ten days', () => {
  const down = async () => {
    const [away, unable, fine] = [fakeTarget('away'), fakeTarget('unable'), fakeTarget('fine')];
    for (const { people } of [away, unable, fine]) people.add('ann');
    away.erasing = () => {
      throw new Error('ann cannot be reached');
    };
    unable.erasing = () => ({ outcome: 'unsupported' });
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [away, unable, fine] });
    const { id } = await stage.ask();
    for (let hour = 0; hour < 240; hour++) {
      await stage.run();
      stage.pass(HOUR);
    }
    return { stage, id, away, unable, fine };
  };

  test('hides and blocks no other: each says its own', async () => {
    const { stage, id, fine, away } = await down();
    const request = await stage.read(id);
    expect(fine.people.size).toBe(0);
    expect(request).toMatchObject({
      status: 'partial',
      reason: 'not erased: away, unable',
      targets: {
        away: { state: 'failed', reason: 'Error' },
        unable: { state: 'unsupported' },
        fine: { state: 'confirmed' },
      },
    });
    // Doubled up to six hours: not one try an hour.
    expect(away.calls.length).toBeLessThan(60);
    expect(JSON.stringify([request, stage.lines])).not.toContain('ann cannot');
  });

  test('is done when it is back, and what can only be done by hand when somebody has seen to it', async () => {
    const { stage, id, away } = await down();
    away.erasing = () => undefined;
    stage.pass(6 * HOUR);
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'partial', reason: 'not erased: unable' });
    await move(id, { kind: 'settled', target: 'unable', reason: 'deleted by hand' }, stage.deps);
    const unable = (await stage.deps.targets('live'))[1] as ReturnType<typeof fakeTarget>;
    unable.people.clear();
    await stage.verify();
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('rings at 50, 75 and 90 percent of the time and at the breach, once each, and then every day', async () => {
    const away = fakeTarget('away');
    away.erasing = () => {
      throw new Error('down');
    };
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [away] });
    await stage.ask();
    for (let hour = 0; hour < 24 * 35; hour += 6) {
      await stage.run();
      stage.pass(6 * HOUR);
    }
    const alarms = stage.lines.filter(({ outcome }) => outcome === 'deadline' || outcome === 'breached');
    expect(alarms.map(({ reason }) => reason?.split(' ')[0])).toEqual(['50', '75', '90', '100', 'it', 'it', 'it']);
    expect(alarms.at(-1)?.outcome).toBe('breached');
  });
});

describe('cancelling', () => {
  test('wins before deleting begins, and frees the person', async () => {
    const stage = privacyStage();
    const { id } = await stage.ask();
    await stage.cancel(id);
    stage.pass(DAY);
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'cancelled', targets: {} });
    expect((await stage.read(id)).sealed).toBeUndefined();
    expect(await isSuppressed('ann', stage)).toBe(false);
  });

  test('leaves the suppression to another request that needs it', async () => {
    const stage = privacyStage();
    const { id } = await stage.ask();
    await stage.ask();
    await stage.cancel(id);
    expect(await isSuppressed('ann', stage)).toBe(true);
  });

  test('comes too late with the first deletion, and says so', async () => {
    const stage = privacyStage({ settings: { drainMinutes: 0 } });
    const { id } = await stage.ask();
    await stage.run();
    await expect(stage.cancel(id)).rejects.toMatchObject({ refusal: 'too_late' });
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('and deleting never both win, whichever comes first', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const engine = fakeTarget('engine');
      engine.people.add('ann');
      const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
      const { id } = await stage.ask();
      let writes = 0;
      let cancelled: Promise<unknown> | undefined;
      // Between any two writes of the run somebody cancels.
      stage.store.beforeWrite = () => {
        if (writes++ === turn && !cancelled) cancelled = stage.cancel(id).catch((error: unknown) => error);
      };
      await stage.run();
      const answer = await (cancelled ?? stage.cancel(id).catch((error: unknown) => error));
      const isCancelled = (await stage.read(id)).status === 'cancelled';
      expect(engine.people.has('ann')).toBe(isCancelled);
      expect(answer instanceof Error).toBe(!isCancelled);
    }
  });
});

describe('a hold', () => {
  const hold = (id: string, { deps, now }: ReturnType<typeof privacyStage>) =>
    move(id, { kind: 'hold', reason: 'a dispute is open', review: new Date(now().getTime() + 7 * DAY) }, deps);

  test('keeps everything from being deleted while it lasts, and the deadline runs on', async () => {
    const engine = fakeTarget('engine');
    engine.people.add('ann');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    await hold(id, stage);
    stage.pass(20 * DAY);
    await stage.run();
    expect(engine.people.size).toBe(1);
    expect(await stage.read(id)).toMatchObject({ status: 'held', reason: 'a dispute is open' });
    expect(outcomes(stage)).toEqual(['deadline']);
    await move(id, { kind: 'release', reason: 'settled' }, stage.deps);
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'completed', targets: { engine: { state: 'confirmed' } } });
  });

  test('is told of when it is to be reviewed, once, and each day after the legal date', async () => {
    const stage = privacyStage({ settings: { drainMinutes: 0 } });
    const { id } = await stage.ask();
    await hold(id, stage);
    for (let day = 0; day < 33; day++) {
      stage.pass(DAY);
      await stage.run();
    }
    const told = stage.lines.map(({ outcome, reason }) => `${outcome}: ${reason?.split(' ').slice(0, 3).join(' ')}`);
    expect(told).toEqual([
      'deadline: its hold was',
      'deadline: 50 % of',
      'deadline: 75 % of',
      'deadline: 90 % of',
      'breached: 100 % of',
      'breached: it was due',
    ]);
  });

  test('stops an erasure between two targets', async () => {
    const [first, second] = [fakeTarget('first'), fakeTarget('second')];
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [first, second] });
    const { id } = await stage.ask();
    let holding: Promise<PrivacyRequest | undefined> | undefined;
    first.erasing = () => {
      holding = hold(id, stage);
      return undefined;
    };
    await stage.run();
    await holding;
    expect(second.calls).toEqual([]);
    expect((await stage.read(id)).status).toBe('held');
    await move(id, { kind: 'release', reason: 'settled' }, stage.deps);
    first.erasing = () => undefined;
    await stage.run();
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('is not ended by a call that was under way: what fails meanwhile is not tried again while it lasts', async () => {
    const [first, second] = [fakeTarget('first'), fakeTarget('second')];
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [first, second] });
    const { id } = await stage.ask();
    let holding: Promise<unknown> | undefined;
    second.erasing = () => {
      holding = hold(id, stage);
      throw new Error('down');
    };
    await stage.run();
    await holding;
    expect(await stage.read(id)).toMatchObject({ status: 'held', reason: 'a dispute is open' });
    second.erasing = () => undefined;
    stage.pass(DAY);
    await stage.run();
    expect(second.calls).toHaveLength(1);
    await move(id, { kind: 'release', reason: 'settled' }, stage.deps);
    await stage.run();
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('that comes with the last deletion lasts, and the checks are made when it is over', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    let holding: Promise<unknown> | undefined;
    engine.erasing = () => {
      holding = hold(id, stage);
      return undefined;
    };
    await stage.run();
    await holding;
    expect((await stage.read(id)).status).toBe('held');
    await move(id, { kind: 'release', reason: 'settled' }, stage.deps);
    await stage.verify();
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('that comes while it is read back keeps what was found from being deleted', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    let holding: Promise<unknown> | undefined;
    engine.checking = () => {
      holding ??= hold(id, stage);
      return 'present';
    };
    await stage.run();
    await holding;
    stage.pass(DAY);
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'held', reason: 'a dispute is open' });
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toHaveLength(1);
    engine.checking = () => undefined;
    await move(id, { kind: 'release', reason: 'settled' }, stage.deps);
    await stage.verify();
    expect((await stage.read(id)).status).toBe('completed');
  });
});

describe('a request that cannot be erased', () => {
  test('because its person does not open is a failure like any other, and keeps nobody else waiting', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0, perRun: 1 }, targets: [engine] });
    const ill = await stage.ask({ received: new Date(stage.now().getTime() - 20 * DAY) });
    const well = await stage.ask({ profiles: ['bob'] });
    const change = (request: PrivacyRequest) => ({ request: { ...request, sealed: 'tampered' } });
    await changeRequest(ill.id, change, stage.deps);
    for (let n = 0; n < 2; n++) await stage.run();
    expect(await stage.read(ill.id)).toMatchObject({ status: 'partial', targets: { engine: { failures: 1 } } });
    expect((await stage.read(well.id)).status).toBe('completed');
  });

  test('from a target that the settings do not name any more says so, and is seen to by hand', async () => {
    const hosted = fakeTarget('hosted:2');
    const targets = [fakeTarget('engine'), hosted];
    hosted.erasing = () => {
      throw new Error('down');
    };
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets });
    const { id } = await stage.ask();
    await stage.run();
    targets.pop();
    stage.pass(5 * MINUTE);
    await stage.run();
    const { status, next, targets: states } = await stage.read(id);
    expect({ status, state: states['hosted:2'] }).toMatchObject({
      status: 'partial',
      state: { failures: 2, reason: 'it is in no settings any more' },
    });
    expect((next ?? '') > stage.now().toISOString()).toBe(true);
    await move(id, { kind: 'settled', target: 'hosted:2', reason: 'the account was closed' }, stage.deps);
    await stage.verify();
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('because there is always something to end first takes no turn of those who wait for their first', async () => {
    const engine = fakeTarget('engine');
    engine.erasing = ({ profiles: [profile] }) =>
      profile === 'stuck' ? { outcome: 'unfinished', reason: 'rows wait to be applied' } : undefined;
    const stage = privacyStage({ settings: { drainMinutes: 0, perRun: 1 }, targets: [engine] });
    await stage.ask({ profiles: ['stuck'], received: new Date(stage.now().getTime() - 20 * DAY) });
    const { id } = await stage.ask({ profiles: ['bob'] });
    for (let n = 0; n < 2; n++) {
      await stage.run();
      stage.pass(5 * MINUTE);
    }
    expect((await stage.read(id)).status).toBe('completed');
  });

  test('is tried again in turn with others of its kind', async () => {
    const engine = fakeTarget('engine');
    engine.erasing = () => ({ outcome: 'unfinished', reason: 'rows wait to be applied' });
    const stage = privacyStage({ settings: { drainMinutes: 0, perRun: 1 }, targets: [engine] });
    await stage.ask({ profiles: ['one'], received: new Date(stage.now().getTime() - 2 * DAY) });
    await stage.ask({ profiles: ['two'] });
    for (let n = 0; n < 6; n++) {
      await stage.run();
      stage.pass(5 * MINUTE);
    }
    for (const profile of ['one', 'two']) {
      expect(engine.calls.filter((call) => call === `erase ${profile}`).length).toBeGreaterThan(2);
    }
  });
});

test('the store is purged once in a run, after everybody in it was deleted and before any is read back', async () => {
  const engine = fakeTarget('engine');
  const stage = privacyStage({ targets: [engine] });
  for (const profile of ['ann', 'ben', 'cleo']) await stage.ask({ profiles: [profile] });
  stage.pass(DAY);
  await runErasures({ ...stage.deps, purge: async () => void engine.calls.push('purge') });
  expect(engine.calls.map((call) => call.split(' ')[0])).toEqual([
    ...['erase', 'erase', 'erase', 'purge', 'check', 'check', 'check'],
  ]);
});

describe('the brakes', () => {
  const flood = async (count: number, settings: object = {}, profiles = 1_000_000) => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({
      settings: { drainMinutes: 0, brake: { requests: 5 }, ...settings },
      targets: [engine],
      profiles,
    });
    for (let n = 0; n < count; n++) {
      engine.people.add(`person ${n}`);
      await stage.ask({ profiles: [`person ${n}`] });
    }
    return { stage, engine };
  };

  test('stop a flood before anything is deleted, with one alarm however often it runs', async () => {
    const { stage, engine } = await flood(50);
    for (let n = 0; n < 3; n++) await stage.run();
    expect(engine.calls).toEqual([]);
    expect(outcomes(stage)).toEqual(['braked', 'stopped', 'stopped']);
    expect(stage.lines[0]?.reason).toBe('50 requests wait, 5 are allowed in one run');
  });

  test('let it pass when somebody has looked, and hold the next one again', async () => {
    const { stage, engine } = await flood(50);
    await stage.run();
    await releaseAll(50, stage.deps);
    for (let n = 0; n < 3; n++) await stage.run();
    expect(engine.people.size).toBe(0);
    for (let n = 0; n < 6; n++) await stage.ask({ profiles: [`another ${n}`] });
    await stage.run();
    expect(outcomes(stage).at(-1)).toBe('braked');
  });

  test('stop what would delete too large a share of all profiles', async () => {
    const { stage, engine } = await flood(10, { brake: { requests: 50, percent: 5 } }, 199);
    await stage.run();
    expect(engine.calls).toEqual([]);
    expect(stage.lines[0]?.reason).toBe('10 requests wait, more than 5 % of all profiles');
    const enough = await flood(10, { brake: { requests: 50, percent: 5 } }, 200);
    await enough.stage.run();
    expect(enough.engine.people.size).toBe(0);
  });

  test('hold everything for the officer who pulls them', async () => {
    const { stage, engine } = await flood(1);
    await stopAll('a mapping is wrong', stage.deps);
    await stage.run();
    expect(engine.calls).toEqual([]);
    expect(stage.lines).toEqual([{ outcome: 'stopped', reason: 'a mapping is wrong', count: 1 }]);
    await releaseAll(undefined, stage.deps);
    await stage.run();
    expect(engine.people.size).toBe(0);
  });

  test('pulled while a run is under way hold what it has not begun', async () => {
    const { stage, engine } = await flood(3);
    engine.erasing = () => {
      void stopAll('a mapping is wrong', stage.deps);
      return undefined;
    };
    await stage.run();
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toHaveLength(1);
    expect(outcomes(stage)).toEqual(['stopped', 'erased']);
    expect(stage.lines.at(0)).toEqual({ outcome: 'stopped', reason: 'a mapping is wrong', count: 2 });
  });

  test('take no share of profiles that are all in a hosted account, where nobody can count them', async () => {
    const { stage, engine } = await flood(10, { brake: { requests: 50, percent: 5 } }, 0);
    await stage.run();
    expect(engine.people.size).toBe(0);
  });

  test('let a dry run tell what it would do, and change nothing', async () => {
    const { stage } = await flood(2, { dryRun: true });
    const before = await stage.store.dump();
    await stage.run();
    expect(outcomes(stage)).toEqual(['would erase', 'would erase']);
    expect(await stage.store.dump()).toBe(before);
  });

  test('let no run erase more than it may, oldest legal date first', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0, perRun: 2 }, targets: [engine] });
    for (const [age, profile] of [
      [1, 'young'],
      [20, 'old'],
      [10, 'middle'],
    ] as const) {
      await stage.ask({ profiles: [profile], received: new Date(stage.now().getTime() - age * DAY) });
    }
    await stage.run();
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toEqual(['erase old', 'erase middle']);
    await stage.run();
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toContain('erase young');
  });

  test('keep to quiet hours, unless the safe date is near', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0, hours: '01:00-05:00' }, targets: [engine] });
    await stage.ask({ profiles: ['ann'] });
    await stage.ask({ profiles: ['late'], received: new Date(stage.now().getTime() - 26 * DAY) });
    await stage.run();
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toEqual(['erase late']);
    stage.pass(16 * HOUR);
    await stage.run();
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toEqual(['erase late', 'erase ann']);
  });
});

describe('telling controllers', () => {
  const callbacks = { controller: 'desk', requestId: 'r', domain: 'localhost', urls: ['https://desk.example'] };

  test('is of the request as it is when the run has erased it', async () => {
    const stage = privacyStage({ settings: { drainMinutes: 0 } });
    await stage.ask({ callbacks });
    const told: string[] = [];
    await runErasures({ ...stage.deps, callBack: async ({ request }) => void told.push(request.status) });
    expect(told).toEqual(['completed']);
  });

  test('takes no time of deletions: a controller who answers slowly keeps nobody waiting', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    let left = 2;
    const { id } = await stage.ask({ callbacks });
    await stage.ask({ profiles: ['bob'], callbacks });
    await runErasures({
      ...stage.deps,
      mayBegin: () => left > 0,
      callBack: async () => {
        left--;
      },
    });
    expect((await stage.read(id)).status).toBe('completed');
    expect(engine.calls.filter((call) => call.startsWith('erase'))).toHaveLength(2);
  });

  test('goes on while deleting is stopped', async () => {
    const stage = privacyStage({ settings: { drainMinutes: 0 } });
    await stage.ask({ callbacks });
    await stopAll('a mapping is wrong', stage.deps);
    let told = 0;
    await runErasures({ ...stage.deps, callBack: async () => void told++ });
    expect(told).toBe(1);
  });
});

describe('a log line', () => {
  test('repeats no words of a hosted account, which may name the person', async () => {
    const stage = privacyStage();
    await stage.ask({ kind: 'access' });
    await runErasures({
      ...stage.deps,
      export: async () => {
        throw new InvalidRequestError([], 'ann@example.com is not valid');
      },
    });
    expect(stage.lines).toMatchObject([{ outcome: 'failed', reason: 'InvalidRequestError' }]);
    expect(stage.lines[0]?.error).toBeUndefined();
  });
});

describe('reading back', () => {
  test('and erasing twice at the same time ends once: with one receipt', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    let another: Promise<unknown> | undefined;
    engine.erasing = () => {
      another ??= stage.run();
      return undefined;
    };
    const { erase } = engine;
    // The first of the two comes back when the other has done it all.
    engine.erase = async (person, call) => {
      const isFirst = another === undefined;
      const erased = await erase(person, call);
      if (isFirst) await another;
      return erased;
    };
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'completed', receipts: [1] });
  });

  test('twice at the same time is one check, and takes none of the next', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    const { id } = await stage.ask();
    let another: Promise<unknown> | undefined;
    engine.checking = () => {
      another ??= stage.verify();
      return undefined;
    };
    await stage.run();
    await another;
    expect((await stage.read(id)).checks.map(({ at }) => at !== undefined)).toEqual([true, false, false]);
  });

  test('that cannot be done is told as a failure', async () => {
    const engine = fakeTarget('engine');
    const stage = privacyStage({ settings: { drainMinutes: 0 }, targets: [engine] });
    await stage.ask();
    await stage.run();
    engine.checking = () => {
      throw new Error('ann is not there');
    };
    stage.pass(DAY);
    await stage.verify();
    expect(stage.lines.at(-1)).toMatchObject({ outcome: 'failed', reason: 'not read back: Error' });
  });
});
