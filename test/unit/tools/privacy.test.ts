import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXPORT_SEAL, makeExport } from '../../../lib/privacy/access.ts';
import { advance } from '../../../lib/privacy/advance.ts';
import { brakeState } from '../../../lib/privacy/brake.ts';
import { openPerson, PERSON_SEAL, sealPerson } from '../../../lib/privacy/person.ts';
import { receiptKey } from '../../../lib/privacy/receipt-key.ts';
import { changeRequest, listRequests } from '../../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { Privacy } from '../../../lib/privacy/settings.ts';
import { suppressedOf } from '../../../lib/privacy/suppression.ts';
import { sealFor } from '../../../lib/store/seal.ts';
import { runPrivacyCommand } from '../../../lib/tools/privacy-command.ts';
import { PRIVACY_USAGE } from '../../../lib/tools/privacy-usage.ts';
import { Refusal } from '../../../lib/tools/refusal.ts';
import { DAY, fakeTarget, HOUR, MINUTE, privacyStage, SECRET } from '../../support/privacy.ts';
import { shopSettings } from '../../support/shop.ts';

const SEAL = sealFor(SECRET, PERSON_SEAL);

const SHOPS = new Map([
  ['demo', shopSettings({ profileId: 'demo:{customer}' })],
  ['alike', shopSettings({ profileId: 'al:{customer}' })],
  ['alike-too', shopSettings({ profileId: 'al:too:{customer}' })],
]);

let stage: ReturnType<typeof privacyStage>;
let folder: string;
let failed: boolean;
let opened: number;
let shown: string[];

beforeEach(() => {
  stage = privacyStage();
  folder = mkdtempSync(join(tmpdir(), 'privacy-'));
  opened = 0;
});

afterEach(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string): string => join(folder, name);

const file = (name: string, text: string | Buffer): string => {
  writeFileSync(inFolder(name), text);
  return inFolder(name);
};

interface Setting {
  readonly keySecret?: string;
  readonly withoutShops?: boolean;
}

/** Runs the command with these words and returns what it printed. */
const run = async (words: string, { keySecret = SECRET, withoutShops = false }: Setting = {}): Promise<string> => {
  const printed: string[] = [];
  failed = false;
  shown = [];
  await runPrivacyCommand(words.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [], {
    open: async () => {
      opened += 1;
      return {
        store: { ...stage.store, close: async () => {} },
        accountId: 1,
        keySecret: () => keySecret,
        shops: async () => {
          if (withoutShops) throw new Refusal('build/shops.json does not exist');
          return SHOPS;
        },
        settings: async () => {
          if (withoutShops) throw new Refusal('build/shops.json does not exist');
          return Privacy.parse({ timezone: 'Europe/Berlin' });
        },
      };
    },
    now: stage.now,
    print: (text) => void printed.push(text),
    show: (text) => void shown.push(text),
    fail: () => {
      failed = true;
    },
  });
  return printed.join('\n');
};

const refusal = async (words: string, setting?: Setting): Promise<string> => {
  const error = await run(words, setting).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error.message;
  throw error ?? new Error('it was expected to be refused');
};

const requests = async (): Promise<PrivacyRequest[]> => {
  const found: PrivacyRequest[] = [];
  for await (const { request } of listRequests(stage.deps)) found.push(request);
  return found;
};

/** Asks for an erasure of ann, and gives its id. */
const asked = async (words = 'request ann'): Promise<string> => /[\w-]{22}/.exec(await run(words))?.[0] ?? '';

const suppressed = (profile: string) =>
  suppressedOf('live', [profile], stage.deps).then((profiles) => profiles.has(profile));

/** Erased and read back three times. */
const erased = async (): Promise<string> => {
  const id = await asked();
  stage.pass(16 * MINUTE);
  await stage.run();
  stage.pass(DAY);
  await stage.verify();
  stage.pass(7 * DAY);
  await stage.verify();
  expect((await stage.read(id)).status).toBe('verified');
  return id;
};

/** Puts a request in question: whose ben is, nobody knows. */
const unclear = async (): Promise<string> => {
  const id = await asked();
  await changeRequest(
    id,
    (request) => {
      const sealed = sealPerson({ environment: 'live', profiles: ['ann'], unclear: ['ben-1', 'cleo-2'] }, id, SEAL);
      return { request: advance(request, { kind: 'identified', sealed, unclear: 2 }, stage.now()) };
    },
    stage.deps,
  );
  return id;
};

const profilesOf = async (id: string) => openPerson((await stage.read(id)).sealed ?? '', id, SEAL).profiles;

describe('request', () => {
  test('accepts an erasure, suppresses the person and says by when what happens', async () => {
    const printed = await run('request ann --alias guest-7');
    const [request] = await requests();
    expect(printed).toBe(
      [
        `Accepted erasure ${request?.id}: pending`,
        'The person is suppressed from now on; nothing is deleted before 2026-03-02 10:15 UTC',
        'Safe date 2026-03-30 (28 d left), legal date 2026-04-02 (31 d left)',
        `Next: npm run privacy -- status ${request?.id}`,
      ].join('\n'),
    );
    expect(await suppressed('ann')).toBe(true);
    expect(await suppressed('guest-7')).toBe(true);
    expect(await profilesOf(request?.id ?? '')).toEqual(['ann', 'guest-7']);
  });

  test('asked again is the same request, whatever else is said of it', async () => {
    const id = await asked();
    stage.pass(3 * DAY);
    expect(await run('request ann --alias guest-7')).toContain(`It was asked before: erasure ${id}, pending`);
    expect(await requests()).toHaveLength(1);
  });

  test('of a person whose request has ended needs a reference of its own', async () => {
    const id = await asked();
    await run(`cancel ${id} --because mistake`);
    expect(await run('request ann')).toContain('give it a --reference');
    expect(await run('request ann --reference 2026-18')).toContain('Accepted erasure');
  });

  test('of another person under the same reference is another request', async () => {
    await run('request ann --reference 2026-18');
    expect(await run('request ben --reference 2026-18')).toContain('Accepted erasure');
    expect(await suppressed('ben')).toBe(true);
  });

  test('for access suppresses nobody, and may be asked again another day', async () => {
    expect(await run('request ann --access --regulation ccpa --environment sandbox')).toContain('Accepted access');
    expect((await requests())[0]).toMatchObject({ kind: 'access', regulation: 'ccpa', environment: 'sandbox' });
    expect(await suppressed('ann')).toBe(false);
    expect(await run('request ann --access --environment sandbox')).toContain('It was asked before');
    stage.pass(DAY);
    expect(await run('request ann --access --environment sandbox')).toContain('Accepted access');
  });

  test('counts the deadline from the day on which it came in', async () => {
    expect(await run('request ann --received 2026-02-20')).toContain('legal date 2026-03-20 (18 d left)');
    expect(await refusal('request ben --received 2026-03-20')).toContain('--received is in the future');
  });

  test('of a file takes profile ids and JSON objects, says how far it is, and is harmless when repeated', async () => {
    const path = file(
      'requests.txt',
      'ann\n\n{"profile":"ben","aliases":["guest-7"],"kind":"access"}\n {"profile":"cleo","reference":"17"}\nann\n',
    );
    expect(await run(`request --file ${path}`)).toBe(
      '4 read, 3 accepted; 1 were asked before\nNext: npm run privacy -- list',
    );
    expect(shown.at(-1)).toContain('100 %  4 of 4');
    expect((await requests()).map(({ kind }) => kind).sort()).toEqual(['access', 'erasure', 'erasure']);
    expect(await run(`request --file ${path}`)).toContain('4 read, 0 accepted; 4 were asked before');
    expect(failed).toBe(false);
  });

  test('of a file with faults asks nothing, and names every line without its content', async () => {
    const path = file(
      'requests.txt',
      'ann\n{"profile":""}\n{"profile":"x","name":"Ada"}\n{nonsense\n{"profile":"y","received":"2027-01-01"}\n',
    );
    const told = await refusal(`request --file ${path}`);
    for (const line of [2, 3, 4, 5]) expect(told).toContain(`line ${line}: `);
    expect(told).not.toMatch(/line 1:|Ada|nonsense/);
    expect(await requests()).toEqual([]);
    expect(await refusal(`request --file ${file('empty.txt', '\n')}`)).toContain('it holds no request');
    expect(await refusal(`request --file ${inFolder('none')}`)).toContain('does not exist');
  });
});

describe('list and overview', () => {
  test('say that there is nothing', async () => {
    expect(await run('')).toContain('There are no requests\nDeleting is not stopped');
    expect(await run('list')).toBe('There are no open requests');
    expect(await run('list --status held')).toBe('None is held');
  });

  test('show the next deadline first, with the days that are left', async () => {
    await run('request ann');
    await run('request ben --received 2026-02-10');
    const [head, first, second] = (await run('list')).split('\n');
    expect(head).toMatch(/^id +kind +status +from +received +safe date +legal date +why$/);
    expect(first).toMatch(
      /erasure {2}pending {2}officer {2}2026-02-10 {2}2026-03-10 {2}8 d left +2026-03-10 {2}8 d left$/,
    );
    expect(second).toMatch(/2026-03-02 {2}2026-03-30 {2}28 d left {2}2026-04-02 {2}31 d left$/);
    expect(await run('')).toMatch(/2 +pending {2}2026-03-10 +8 d left/);
  });

  test('say when a deadline is over, and stop counting when everything is deleted', async () => {
    await run('request ben --received 2026-01-10');
    expect(await run('list')).toMatch(/2026-02-10 {2}20 d over$/m);
    stage.pass(16 * MINUTE);
    await stage.run();
    expect(await run('list')).not.toContain('over');
  });

  test('leave out what has ended, unless it is asked for', async () => {
    await erased();
    expect(await run('list')).toBe('There are no open requests');
    expect(await run('list --all')).toContain('verified');
    expect(await run('list --status verified')).toContain('verified');
  });

  test('show no more than was asked for, and say how many there are', async () => {
    for (const profile of ['a', 'b', 'c']) await run(`request ${profile}`);
    expect(await run('list --limit 2')).toContain('and 1 more: --limit 3');
  });

  test('count days in UTC where the shops file is not here', async () => {
    await asked();
    expect(await run('list', { withoutShops: true })).toContain('31 d left');
    expect(await refusal('request ben', { withoutShops: true })).toContain('does not exist');
  });
});

describe('status', () => {
  test('tells the whole life: states with reasons, targets, checks, receipts', async () => {
    const id = await erased();
    const printed = await run(`status ${id}`);
    expect(printed).toContain(`id           ${id}`);
    expect(printed).toContain('person       destroyed: nobody can tell any more who it was');
    for (const status of ['pending', 'in_progress', 'completed', 'verified']) {
      expect(printed).toMatch(new RegExp(`^2026-03-\\d\\d \\d\\d:\\d\\d +${status}$`, 'm'));
    }
    expect(printed).toMatch(/^engine {2}not_found {2}2026-03-02 10:16/m);
    expect(printed).toMatch(/^2026-03-09 10:16 +2026-03-10 10:16 +engine absent$/m);
    expect(printed).toMatch(/^1 +2026-03-02 10:16 +completed\n2 +2026-03-10 10:16 +verified$/m);
    expect(printed).toContain(`Next: npm run privacy -- proof ${id.slice(0, 8)} --to proof.json`);
  });

  test('tells of a target that fails how often and when it is tried again, and of checks that are planned', async () => {
    const hosted = fakeTarget('hosted:2');
    stage = privacyStage({ targets: [fakeTarget('engine'), hosted] });
    hosted.erasing = () => {
      throw new TypeError('fetch failed for ann');
    };
    const id = await asked();
    stage.pass(16 * MINUTE);
    await stage.run();
    const printed = await run(`status ${id}`);
    expect(printed).toContain('partial: not erased: hosted:2');
    expect(printed).toMatch(/^hosted:2 {2}failed +2026-03-02 10:16 +1 time +2026-03-02 10:21 +TypeError$/m);
    expect(printed).not.toContain('ann');
    expect(printed).toContain(`release ${id.slice(0, 8)} --settled <target>`);
  });

  test('shows who it is only when that is asked for', async () => {
    const id = await unclear();
    expect(await run(`status ${id}`)).not.toMatch(/ann|ben-1/);
    expect(await run(`status ${id} --show-ids`)).toContain("person       ann; theirs or another's: ben-1, cleo-2");
    expect(await refusal(`status ${id} --show-ids`, { keySecret: 'another secret than before' })).toContain(
      'KEY_SECRET is not that of the stage',
    );
  });

  test('takes the beginning of an id, if no other begins so', async () => {
    const id = await asked();
    expect(await run(`status ${id.slice(0, 4)}`)).toContain(id);
    expect(await refusal('status zzz')).toContain('There is no request zzz');
    for (const profile of ['b', 'c', 'd']) await run(`request ${profile}`);
    await expect(run('status "" ')).rejects.toThrow(Refusal);
  });

  test('takes an id that begins with a dash', async () => {
    for (let number = 0; ; number++) {
      const id = await asked(`request customer-${number}`);
      if (!id.startsWith('-')) continue;
      expect(await run(`status ${id}`)).toContain(`id           ${id}`);
      expect(await run(`status ${id.slice(0, 8)}`)).toContain(`id           ${id}`);
      expect(await run(`hold ${id.slice(0, 8)} --because dispute`)).toContain('is held');
      return;
    }
  });
});

describe('hold and release', () => {
  test('nothing is deleted while a request is held, and its deadline runs on', async () => {
    const id = await asked();
    expect(await run(`hold ${id} --because "open dispute" --review 2026-03-20`)).toContain(
      'To be reviewed 2026-03-20 00:00 UTC\nThe deadline runs on: legal date 2026-04-02, 31 d left',
    );
    stage.pass(HOUR);
    await stage.run();
    expect(await stage.read(id)).toMatchObject({ status: 'held', targets: {} });
    expect(await run(`release ${id} --because "dispute is settled"`)).toContain('is released: pending');
    await stage.run();
    expect((await stage.read(id)).status).toBe('completed');
    expect(await run(`status ${id}`)).toMatch(/held +open dispute\n.*pending +dispute is settled/);
  });

  test('are refused where there is nothing to hold or to release', async () => {
    const id = await asked();
    expect(await refusal(`release ${id} --because done`)).toContain('it is not held. Nothing is changed');
    await run(`cancel ${id} --because mistake`);
    expect(await refusal(`hold ${id} --because dispute`)).toContain('Too late: ');
  });

  test('what an officer says must not name the person: it is kept when they are not', async () => {
    const id = await asked('request customer-1042 --alias guest-77');
    for (const because of ['customer-1042 sues', 'GUEST-77 asked', 'wrote from ann@example.com']) {
      expect(await refusal(`hold ${id} --because "${because}"`)).toContain('--because is refused');
    }
    expect((await stage.read(id)).status).toBe('pending');
    expect(await refusal(`cancel ${id} --because customer-1042`)).toContain('--because is refused');
  });
});

describe('release of a request that asks whose a profile is', () => {
  test('erases a profile that is theirs too, once calls from before have ended, and leaves others alone', async () => {
    const id = await unclear();
    stage.pass(HOUR);
    expect(await run(`release ${id} --with ben-1`)).toContain('It is requires_input: 1 more profile may be theirs');
    expect(await suppressed('ben-1')).toBe(true);
    expect(await run(`release ${id} --without cleo-2`)).toContain('It is pending: nothing more is asked');
    expect(await profilesOf(id)).toEqual(['ann', 'ben-1']);
    expect(await suppressed('cleo-2')).toBe(false);
    expect((await stage.read(id)).notBefore).toBe('2026-03-02T11:15:00.000Z');
  });

  test('takes all answers at once', async () => {
    const id = await unclear();
    await run(`release ${id} --without ben-1 --without cleo-2`);
    expect(await stage.read(id)).toMatchObject({ status: 'pending', notBefore: '2026-03-02T10:15:00.000Z' });
    expect(await profilesOf(id)).toEqual(['ann']);
  });

  test('refuses a profile that it does not ask about, and names nobody', async () => {
    const id = await unclear();
    const told = await refusal(`release ${id} --with dora-3 --with ben-1`);
    expect(told).toContain('1 of these profiles are not among the 2 it asks about');
    expect(told).not.toMatch(/dora|ben/);
    expect(await refusal(`release ${id} --with ben-1 --without ben-1`)).toContain('named twice');
    expect(await refusal(`release ${id} --because "whatever"`)).toContain('it asks whose profiles are');
    expect(await suppressed('ben-1')).toBe(false);
  });

  test('is not answered by a hold: released, it asks again', async () => {
    const id = await unclear();
    await run(`hold ${id} --because dispute`);
    expect(await run(`release ${id} --because "settled"`)).toContain('is released: requires_input');
    expect(await run(`release ${id} --with ben-1 --with cleo-2`)).toContain('It is pending');
  });

  test('is refused where nothing is asked', async () => {
    expect(await refusal(`release ${await asked()} --with ben-1`)).toContain('does not ask whose a profile is');
  });
});

describe('release --settled', () => {
  test('counts a target as erased that was erased by hand, and says why', async () => {
    const hosted = fakeTarget('hosted:2');
    hosted.erasing = () => ({ outcome: 'unsupported' });
    stage = privacyStage({ targets: [hosted] });
    const id = await asked();
    stage.pass(16 * MINUTE);
    await stage.run();
    expect((await stage.read(id)).status).toBe('partial');
    expect(await refusal(`release ${id} --settled nothing --because x`)).toContain('it has no target nothing');
    expect(await run(`release ${id} --settled hosted:2 --because "support ticket 12"`)).toContain('It is in_progress');
    expect(await run(`status ${id}`)).toMatch(/hosted:2 {2}sent .* support ticket 12/);
  });
});

describe('hold --all and release --all', () => {
  test('stop all deleting, and let it go on', async () => {
    await asked();
    stage.pass(HOUR);
    expect(await run('hold --all --because "wrong list"')).toContain('All deleting is stopped');
    expect(await run('hold --all --because again')).toContain('was stopped already');
    expect(await run('')).toContain(
      'NOTHING IS DELETED: an officer has stopped it since 2026-03-02 11:00 UTC: wrong list',
    );
    await stage.run();
    expect((await requests())[0]?.status).toBe('pending');
    expect(await run('release --all')).toContain('Deleting goes on: as many as the settings allow');
    await stage.run();
    expect((await requests())[0]?.status).toBe('completed');
    expect(await run('release --all')).toContain('Deleting was not stopped');
  });

  test('let a flood pass that somebody has looked at', async () => {
    expect(await run('release --all --most 400')).toContain('up to 400 requests in one run');
    expect(await brakeState(stage.deps)).toMatchObject({ state: 'released', most: 400 });
    expect(await run('')).toContain('Up to 400 requests may be erased in one run');
  });
});

describe('cancel', () => {
  test('cancels before anything is deleted, and lifts the suppression', async () => {
    const id = await asked();
    expect(await run(`cancel ${id} --because "changed their mind"`)).toContain('is cancelled: nothing was deleted');
    expect(await suppressed('ann')).toBe(false);
    expect(await stage.read(id)).not.toHaveProperty('sealed');
  });

  test('is too late once deleting has begun', async () => {
    const id = await asked();
    stage.pass(HOUR);
    await stage.run();
    expect(await refusal(`cancel ${id} --because "changed their mind"`)).toContain('Too late: deleting has begun');
    expect(await suppressed('ann')).toBe(true);
  });
});

describe('extend', () => {
  test('moves the legal date by months, not the date to work towards', async () => {
    const id = await asked();
    expect(await run(`extend ${id} --months 2 --because "many accounts" --told 2026-03-02`)).toContain(
      'legal date 2026-06-02, 92 d left\nThe date to work towards stays 2026-03-30, 28 d left',
    );
    expect(await run(`status ${id}`)).toContain('extended by 2 months: many accounts (told 2026-03-02 00:00 UTC)');
    expect(await refusal(`extend ${id} --months 1 --because more --told 2026-03-02`)).toContain('extended before');
  });

  test('needs that the person was told, in time', async () => {
    const id = await asked();
    expect(await refusal(`extend ${id} --months 1 --because many`)).toContain('--told is missing');
    expect(await refusal(`extend ${id} --months 3 --because many --told 2026-12-01`)).toMatch(
      /--months is refused.*\n--told is in the future/s,
    );
    stage.pass(40 * DAY);
    expect(await refusal(`extend ${id} --months 1 --because many --told 2026-04-10`)).toContain('must be told before');
  });
});

describe('export', () => {
  test('writes what is held of a person, for nobody else to read', async () => {
    const id = await asked('request ann --access');
    expect(await refusal(`export ${id} --to ${inFolder('export.jsonl')}`)).toContain('The export is not made yet');
    const exporting = { ...stage.deps, seal: sealFor(SECRET, EXPORT_SEAL) };
    const hosted = async function* () {
      yield { from: 'hosted:2', kind: 'profile', data: { integrationId: 'ann' } };
    };
    await makeExport(await stage.read(id), { environment: 'live', profiles: ['ann'] }, { ...exporting, hosted });
    const path = inFolder('export.jsonl');
    expect(await run(`export ${id} --to ${path}`)).toContain('1 record in clear');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      from: 'hosted:2',
      kind: 'profile',
      data: { integrationId: 'ann' },
    });
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(await refusal(`export ${await asked()} --to ${inFolder('other')}`)).toContain('it exports nothing');
  });
});

describe('proof and verify', () => {
  test('a proof verifies without a stage, and says what it proves and what it does not', async () => {
    const id = await erased();
    const path = inFolder('proof.json');
    const { fingerprint } = receiptKey(SECRET).publicKey;
    expect(await run(`proof ${id} --to ${path}`)).toContain(`verify ${path} --fingerprint ${fingerprint}`);
    opened = 0;
    const printed = await run(`verify ${path} --fingerprint ${fingerprint}`);
    expect(opened).toBe(0);
    expect(failed).toBe(false);
    expect(printed).toContain(`RIGHT: ${path}\n  every byte is as it was issued; key ${fingerprint}, the one you know`);
    expect(printed).toContain(
      'receipt 2: signed, issued 2026-03-10 10:16 UTC by promotion-functions 0.1.0, follows receipt 1',
    );
    expect(printed).toMatch(/status +verified, before the legal date/);
    expect(printed).toMatch(
      /Not proven:\n {2}that what the receipts say is true.*\n {2}that there is no later receipt than 2/,
    );
    expect(readFileSync(path, 'utf8')).not.toContain('"ann"');
  });

  test('without a key that somebody knows it says so', async () => {
    const path = inFolder('proof.json');
    await run(`proof ${await erased()} --to ${path}`);
    expect(await run(`verify ${path}`)).toContain("that the key is the shop's: compare its fingerprint");
  });

  test('takes the key as PEM, or as the stage answers it, and refuses another', async () => {
    const path = inFolder('proof.json');
    await run(`proof ${await erased()} --to ${path}`);
    const { pem } = receiptKey(SECRET).publicKey;
    for (const key of [file('key.pem', pem), file('key.json', JSON.stringify({ algorithm: 'Ed25519', pem }))]) {
      expect(await run(`verify ${path} --key ${key}`)).toContain('the one you know');
    }
    const other = file('other.pem', receiptKey('another secret than before').publicKey.pem);
    expect(await run(`verify ${path} --key ${other}`)).toContain('The key is another one than you know');
    expect(failed).toBe(true);
    expect(await refusal(`verify ${path} --key ${file('none.pem', 'none')}`)).toContain('holds no public key');
  });

  test('one byte changed is told, and ends with exit code 1', async () => {
    const path = inFolder('proof.json');
    await run(`proof ${await erased()} --to ${path}`);
    const bytes = readFileSync(path);
    bytes[400] = (bytes[400] ?? 0) ^ 1;
    expect(await run(`verify ${file('changed.json', bytes)}`)).toContain('WRONG: ');
    expect(failed).toBe(true);
    expect(await refusal(`verify ${inFolder('none.json')}`)).toContain('cannot be read (ENOENT)');
  });

  test('tells of other requests that their receipts stand beside, or all of them for who audits the account', async () => {
    const other = await asked('request ben');
    const id = await erased();
    expect((await stage.read(other)).receipts).toEqual([1, 3]);
    await run(`proof ${other} --to ${inFolder('proof.json')}`);
    expect(await run(`verify ${inFolder('proof.json')}`)).toContain('; of another request');
    await run(`proof ${id} --to ${inFolder('chain.json')} --chain`);
    expect((await run(`verify ${inFolder('chain.json')}`)).match(/receipt \d: signed/g)).toHaveLength(4);
  });

  test('a proof is not written without a receipt, over another file, or with the secret of another stage', async () => {
    const open = await asked('request ben');
    expect(await refusal(`proof ${open} --to ${inFolder('proof.json')}`)).toContain('There is no receipt yet');
    const id = await erased();
    const there = file('there.json', 'precious');
    expect(await refusal(`proof ${id} --to ${there}`)).toContain('is there already');
    expect(readFileSync(there, 'utf8')).toBe('precious');
    expect(await refusal(`proof ${id} --to ${inFolder('p')}`, { keySecret: 'another secret than before' })).toContain(
      'KEY_SECRET is another one',
    );
  });
});

describe('words', () => {
  test('help is shown when it is asked for, and nothing is opened', async () => {
    expect(await run('help')).toBe(PRIVACY_USAGE);
    expect(await run('request --help')).toBe(PRIVACY_USAGE);
    expect(opened).toBe(0);
  });

  test.each([
    ['erase ann', 'Expected request, status, list, hold, release, cancel, extend, export, proof, verify'],
    ['request', 'request takes a profile id'],
    ['request ann ben', 'request takes a profile id'],
    ['request --file x --alias y', 'either a profile or --file'],
    ['request ann --environment test', '--environment is refused: expected live or sandbox'],
    ['list more', 'list takes no further words'],
    ['list --status done', '--status is refused: expected one of pending'],
    ['list --limit 0', '--limit is refused: expected a number from 1 to 1000'],
    ['status', 'status takes the id of one request'],
    ['status a --to b', 'status takes no --to'],
    ['hold a', '--because is missing'],
    ['hold a --because x --review 2026-01-01', '--review is in the past'],
    ['hold --all --because x --review 2027-01-01', '--review goes with one request'],
    ['release a --all', 'release takes no further words'],
    ['release a --because x --most 3', '--most goes with --all'],
    ['release --all --settled x', 'release takes one of'],
    ['release a --with b --because c', 'leave --because out'],
    ['cancel a --because x --because y', '--because is given twice'],
    ['proof a', '--to is missing'],
    ['proof a --to b --chain=yes', '--chain takes no value'],
    ['verify', 'verify takes the file'],
    ['verify a --fingerprint short', '--fingerprint is refused: expected 43 characters'],
    [`verify a --key b --fingerprint ${'f'.repeat(43)}`, 'leave one out'],
  ])('%s is refused', async (words, fault) => {
    expect(await refusal(words)).toContain(fault);
    expect(opened).toBe(0);
  });

  test('every fault is named at once', async () => {
    expect((await refusal('extend --months 9')).split('\n')).toHaveLength(4);
  });
});

describe('everybody of a shop', () => {
  const profile = async (id: string): Promise<void> => {
    const list = '1/live/profiles';
    const key = { partition: `1/live/profile/${id}`, sort: 'profile' };
    const put = { key, data: { integrationId: id }, due: { list, at: stage.now() } };
    await stage.store.write([{ put, expect: 'absent' }], id);
  };

  test('is asked for one by one, and asked again it is the same', async () => {
    for (const id of ['demo:1', 'demo:2', 'guest:1', 'al:1']) await profile(id);
    expect(await run('request --shop demo --yes')).toContain('2 customers of demo in the live environment accepted');
    expect(await requests()).toMatchObject([{ source: 'shopify:demo' }, { source: 'shopify:demo' }]);
    expect(await suppressed('demo:1')).toBe(true);
    expect(await suppressed('al:1')).toBe(false);
    expect(await run('request --shop demo --yes')).toContain(
      '0 customers of demo in the live environment accepted; 2 were asked before',
    );
    expect(await run('request --shop demo --environment sandbox --yes')).toContain(
      '0 customers of demo in the sandbox',
    );
  });

  test('is only counted before somebody says yes: everybody would be suppressed at once', async () => {
    for (const id of ['demo:1', 'demo:2', 'al:1']) await profile(id);
    expect(await run('request --shop demo')).toContain(
      '2 customers of demo in the live environment would be suppressed at once, and erased\nAdd --yes to do it',
    );
    expect(await requests()).toEqual([]);
    expect(await suppressed('demo:1')).toBe(false);
  });

  test('is not asked for where ids do not tell whose they are, of a shop that there is not, or beside other words', async () => {
    await expect(run('request --shop alike --yes')).rejects.toThrow(
      'those of alike-too begin alike; list them in a file',
    );
    expect(await refusal('request --shop gone')).toContain('There is no shop gone');
    expect(await refusal('request --shop demo ann')).toContain('either a profile, --file or --shop');
    expect(await requests()).toEqual([]);
  });
});
