import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { keySeal } from '../../../lib/lambda/key-seal.ts';
import { signingKeys, signingKeysPlace } from '../../../lib/lambda/keys.ts';
import { readPromotions } from '../../../lib/promotions/file.ts';
import { publish } from '../../../lib/promotions/publish.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import type { Store } from '../../../lib/store/store.ts';
import { keyRegister, MOST_SIGNING_KEYS } from '../../../lib/tools/key-register.ts';
import { runKeysCommand } from '../../../lib/tools/keys-command.ts';
import { KEYS_USAGE } from '../../../lib/tools/keys-options.ts';
import { Refusal } from '../../../lib/tools/refusal.ts';

const SECRET = 'a secret that never changes';

const NOW = new Date('2026-06-01T12:00:00Z');

const PROMOTIONS = `
account: 1
applications:
  - { id: 1, name: Shop, currency: EUR, environment: live }
  - { id: 2, name: Other shop, currency: EUR, environment: live }
`;

let store: Store;
let time: Date;
let opened: number;

beforeEach(async () => {
  store = openSqliteStore(':memory:');
  time = NOW;
  opened = 0;
  await publish(store, readPromotions(PROMOTIONS, 'promotions.yaml'), randomUUID);
});

/** Runs the command with these words and returns what it printed. An empty KEY_SECRET is none. */
const run = async (words: readonly string[], { keySecret = SECRET, on = store } = {}) => {
  const printed: string[] = [];
  const kept = { ...on, close: async () => {} };
  await runKeysCommand(words, {
    open: async () => {
      opened += 1;
      return { store: kept, accountId: 1, keySecret: keySecret || undefined };
    },
    now: () => time,
    newId: randomUUID,
    print: (text) => void printed.push(text),
  });
  return printed.join('\n');
};

const create = (...words: string[]) => run(['create', '--application', '1', '--title', 'Web shop', ...words]);

const keyIn = (printed: string): string => /^[\da-f]{64}$/m.exec(printed)?.[0] ?? '';

const idIn = (printed: string): string => /^Key ([\da-f]{12}) /.exec(printed)?.[1] ?? '';

const refusal = async (words: readonly string[], options?: Parameters<typeof run>[1]): Promise<string[]> => {
  const error = await run(words, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error.message.split('\n');
  throw error ?? new Error('it was expected to be refused');
};

const stored = async (): Promise<string> => JSON.stringify(await store.query('items', { partition: '1/keys' }));

describe('create', () => {
  test('prints a new key once, with how to send it', async () => {
    const printed = await create();
    expect(printed).toContain(`Key ${idIn(printed)} "Web shop" for Application 1, until it is revoked`);
    expect(printed).toContain('Authorization: ApiKey-v1 <key>');
    expect(printed).not.toContain('Content-Signature');
    expect(keyIn(printed)).not.toBe(keyIn(await create()));
    for (const other of [await run(['list']), await run(['revoke', idIn(printed)]), await stored()]) {
      expect(other).not.toContain(keyIn(printed));
    }
  });

  test('--bearer makes a token', async () => {
    expect(await create('--bearer')).toContain('Authorization: Bearer <key>');
    expect(await run(['list'])).toMatch(/ {2}bearer {2}/);
  });

  test('--signed makes a key that also signs, and is stored sealed', async () => {
    const printed = await create('--signed');
    expect(printed).toContain('Content-Signature: signer=1; signature=<hex>');
    const [item] = await store.get([signingKeysPlace(1, 1)]);
    const [key] = signingKeys(item).keys;
    expect(key?.id).toBe(idIn(printed));
    expect(
      keySeal(SECRET, 1)
        .open(key?.sealed ?? '', 1, key?.id ?? '')
        ?.toString('hex'),
    ).toBe(keyIn(printed));
  });

  test.each([
    ['2027-01-31', '2027-02-01 00:00'],
    ['2028-02-29', '2028-03-01 00:00'],
    ['2027-01-31T18:30:00+01:00', '2027-01-31 17:30'],
  ])('--expires %s lasts until %s UTC', async (expires, until) => {
    expect(await create('--expires', expires)).toContain(`until ${until} UTC`);
    expect(await run(['list'])).toContain(until);
  });

  test('is refused for an Application that nobody published, naming those that there are', async () => {
    const words = ['create', '--application', '7', '--title', 'x'];
    expect(await refusal(words)).toEqual(['The published promotions know no Application 7, only 1, 2']);
    expect(await refusal(words, { on: openSqliteStore(':memory:') })).toEqual([
      'No promotions are published for account 1: publish them, then create keys',
    ]);
  });

  describe('--signed is refused', () => {
    const words = ['create', '--application', '1', '--title', 'x', '--signed'];

    test('without KEY_SECRET, and nothing is stored', async () => {
      const before = await stored();
      expect((await refusal(words, { keySecret: '' }))[0]).toMatch(/^KEY_SECRET is not set/);
      expect(await stored()).toBe(before);
    });

    test('with another KEY_SECRET than that of the keys that are there', async () => {
      await create('--signed');
      const [fault] = await refusal(words, { keySecret: 'another secret than before' });
      expect(fault).toMatch(/^KEY_SECRET does not open the signing keys of Application 1/);
    });

    test('beyond so many; those that expired do not count', async () => {
      for (let count = 0; count < MOST_SIGNING_KEYS; count++) await create('--signed', '--expires', '2026-06-30');
      expect((await refusal(words))[0]).toMatch(/10 keys that sign.*revoke one/);
      time = new Date('2026-07-01T00:00:00Z');
      await run(words);
      expect(signingKeys((await store.get([signingKeysPlace(1, 1)]))[0]).keys).toHaveLength(1);
    });
  });
});

describe('list', () => {
  test('is a table by Application and age, and says what has expired', async () => {
    await run(['create', '--application', '2', '--title', 'Till', '--bearer']);
    await create('--signed', '--expires', '2026-06-01');
    time = new Date('2026-06-02T00:00:00Z');
    await create('--expires', '2026-06-02');
    const lines = (await run(['list'])).split('\n').map((line) => line.replace(/^[\da-f]{12}/, '<id>'));
    expect(lines.map((line) => line.replace(/^<id>|^id {10}/, ''))).toEqual([
      '  kind           application  title     created (UTC)     expires (UTC)',
      '  apiKey, signs  1            Web shop  2026-06-01 12:00  2026-06-02 00:00 (expired)',
      '  apiKey         1            Web shop  2026-06-02 00:00  2026-06-03 00:00',
      '  bearer         2            Till      2026-06-01 12:00  never',
    ]);
    expect((await run(['list', '--application', '2'])).split('\n')).toHaveLength(2);
  });

  test('of nothing says so', async () => {
    expect(await run(['list'])).toBe('There are no keys');
    expect(await run(['list', '--application', '2'])).toBe('There are no keys of Application 2');
  });

  test('is complete where there are more keys than a page holds', async () => {
    const register = keyRegister({ store, accountId: 1, keySecret: SECRET, now: () => NOW, newId: randomUUID });
    const record = { kind: 'apiKey', application: 1, title: 'x', created: NOW.toISOString() } as const;
    for (let key = 0; key < 101; key++) await register.add(key.toString(16).padStart(64, '0'), record);
    expect(await register.list()).toHaveLength(101);
  });
});

describe('revoke', () => {
  test('removes one key and says which, also from those that sign', async () => {
    const [first, second] = [await create('--signed'), await create('--signed')];
    expect(await run(['revoke', idIn(first)])).toBe(
      `Revoked ${idIn(first)} "Web shop" (apiKey, signs) of Application 1. Where it was just used it works for up to a minute more`,
    );
    expect(await run(['list'])).not.toContain(idIn(first));
    expect(signingKeys((await store.get([signingKeysPlace(1, 1)]))[0]).keys).toMatchObject([{ id: idIn(second) }]);
    await run(['revoke', idIn(second)], { keySecret: '' });
    expect((await store.query('items', { partition: '1/keys' })).items).toEqual([]);
  });

  test('is refused for a key that is not there', async () => {
    expect(await refusal(['revoke', 'aaaaaaaaaaaa'])).toEqual([
      'There is no key aaaaaaaaaaaa: npm run keys -- list shows those that there are',
    ]);
  });
});

test('two who change the same keys at once both succeed', async () => {
  const race = { ...store };
  let others: Promise<unknown> | undefined;
  race.write = async (changes, attempt) => {
    // Before the first write arrives, somebody else has written.
    others ??= create('--signed');
    await others;
    return store.write(changes, attempt);
  };
  await run(['create', '--application', '1', '--title', 'Mine', '--signed'], { on: race });
  expect(signingKeys((await store.get([signingKeysPlace(1, 1)]))[0]).keys).toHaveLength(2);
});

test('a key that is stored already stays as it is', async () => {
  const register = keyRegister({ store, accountId: 1, keySecret: SECRET, now: () => NOW, newId: randomUUID });
  const record = { kind: 'apiKey', application: 1, title: 'first', created: NOW.toISOString(), signs: true } as const;
  await register.add('ab'.repeat(32), record);
  await register.add('AB'.repeat(32), { ...record, title: 'second' });
  expect(await register.list()).toMatchObject([{ title: 'first' }]);
  expect(signingKeys((await store.get([signingKeysPlace(1, 1)]))[0]).keys).toHaveLength(1);
});

describe('the words', () => {
  test('are explained when there are none', async () => {
    expect(await run([])).toBe(KEYS_USAGE);
    expect(KEYS_USAGE).toContain('npm run keys -- create --application 1 --title "Web shop"');
  });

  test.each([
    ['another command', ['make'], [/^Expected create, list or revoke/]],
    ['an option alone', ['--application', '1'], [/^Expected create, list or revoke/]],
    ['all that is missing', ['create'], [/^--application is missing/, /^--title is missing/]],
    [
      'all that is wrong',
      ['create', '--application', 'one', '--title', ' ', '--expires', '2027-02-30', '--bearer', '--signed', '--x'],
      [
        /^create takes no --x/,
        /^--application is refused/,
        /^--title is refused/,
        /^--expires is refused/,
        /^--signed/,
      ],
    ],
    ['an option without its value', ['create', '--application', '1', '--title'], [/^--title is refused/]],
    ['a title that breaks a table', ['create', '--application', '1', '--title', 'a\nb'], [/^--title is refused/]],
    ['a title without quotes', ['create', '--application', '1', '--title', 'Web', 'shop'], [/no further words/]],
    ['a value for a switch', ['create', '--application', '1', '--title', 'x', '--signed=no'], [/takes no value/]],
    ['an option twice', ['list', '--application', '1', '--application', '2'], [/given twice/]],
    ['options of another command', ['list', '--title', 'x', '--bearer'], [/no --title/, /no --bearer/]],
    [
      'the past',
      ['create', '--application', '1', '--title', 'x', '--expires', '2026-05-31'],
      [/^--expires is in the past/],
    ],
    ['no id', ['revoke'], [/^revoke takes the id of one key/]],
    ['two ids', ['revoke', 'aaaaaaaaaaaa', 'bbbbbbbbbbbb'], [/^revoke takes the id of one key/]],
  ])('are refused before anything is opened: %s', async (_, words, faults) => {
    const told = await refusal(words);
    for (const [index, fault] of faults.entries()) expect(told[index]).toMatch(fault);
    if (!told[0]?.startsWith('Expected')) expect(told).toHaveLength(faults.length);
    expect(opened).toBe(0);
  });

  test('a key in place of an id is not repeated', async () => {
    const key = 'ab'.repeat(32);
    expect((await refusal(['revoke', key])).join()).not.toContain(key);
  });
});
