import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigurationError } from '../../../lib/contract/errors.ts';
import { keptSecrets, secretsFrom } from '../../../lib/lambda/secrets.ts';

const setUp = (known: Record<string, string> = { a: '1', b: '2' }) => {
  let time = 0;
  let fetched = 0;
  let away = false;
  const fetch = async (names: readonly string[]) => {
    fetched++;
    if (away) throw new Error('away');
    return new Map(names.flatMap((name) => (name in known ? [[name, known[name] as string] as const] : [])));
  };
  return {
    secrets: keptSecrets(fetch, () => new Date(time)),
    fetched: () => fetched,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    goAway: (gone: boolean) => {
      away = gone;
    },
  };
};

test('secrets come in the order of their names', async () => {
  const { secrets } = setUp();
  expect(await secrets.get(['b', 'a'])).toEqual(['2', '1']);
});

test('whatever the traffic, they are fetched once in five minutes', async () => {
  const { secrets, fetched, wait } = setUp();
  await Promise.all(Array.from({ length: 100 }, () => secrets.get(['a', 'b'])));
  wait(5 * 60_000 - 1);
  await secrets.get(['a', 'b']);
  expect(fetched()).toBe(1);
  wait(1);
  await secrets.get(['a', 'b']);
  expect(fetched()).toBe(2);
});

test('a failure is repeated for five seconds without asking again', async () => {
  const { secrets, fetched, wait, goAway } = setUp();
  goAway(true);
  for (let n = 0; n < 10; n++) await expect(secrets.get(['a'])).rejects.toThrow('away');
  expect(fetched()).toBe(1);
  goAway(false);
  wait(5_000);
  expect(await secrets.get(['a'])).toEqual(['1']);
});

test('a secret that is not there is named', async () => {
  const { secrets } = setUp();
  await expect(secrets.get(['a', 'gone'])).rejects.toThrow(
    new ConfigurationError('the secret gone is not there: add it to where SECRETS points'),
  );
});

test('where no secret is named, nobody is asked: AWS Systems Manager refuses an empty list', async () => {
  const { secrets, fetched, goAway } = setUp();
  goAway(true);
  expect(await secrets.get([])).toEqual([]);
  expect(fetched()).toBe(0);
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = async (content: string) => {
  const value = join(folder, 'secrets.json');
  await writeFile(value, content);
  return { kind: 'file', value } as const;
};

test('the local stage reads a file of names and values', async () => {
  const fetch = secretsFrom({ STAGE: 'local', SECRETS: await file('{"a":"1"}') });
  expect((await fetch(['a'])).get('a')).toBe('1');
});

test('no other stage reads a file of secrets', async () => {
  const SECRETS = await file('{"a":"1"}');
  expect(() => secretsFrom({ STAGE: 'prod', SECRETS })).toThrow(ConfigurationError);
});

test.each(['{"a":"hunter2"', '["hunter2"]', '{"a":{"b":"hunter2"}}', ''])(
  'a file that is no such thing is refused, and none of it repeated: %s',
  async (content) => {
    const fetch = secretsFrom({ STAGE: 'local', SECRETS: await file(content) });
    await expect(fetch(['a'])).rejects.toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.not.stringContaining('hunter2') }),
    );
  },
);
