import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../lib/client/call.ts';
import { caller } from '../../../lib/client/call.ts';
import { readRemotes } from '../../../lib/commerce/applications.ts';
import { readShops } from '../../../lib/commerce/shops.ts';
import { ConfigurationError } from '../../../lib/contract/errors.ts';
import { type RemotesDeps, remotesOf } from '../../../lib/lambda/remotes.ts';

const HOSTED = { url: 'https://hosted.example', secret: 'remote/two' };

const file = (remote: object = HOSTED, id = '2') => ({ applications: { [id]: { remote } } });

const world = (content: unknown = file(), over: Partial<RemotesDeps> = {}) => {
  const keys = new Map([['remote/two', 'key-1']]);
  const made: string[] = [];
  const asked: string[] = [];
  const remotes = remotesOf({
    remotes: readRemotes(content),
    secrets: async () => ({
      get: async (names) => {
        asked.push(...names);
        return names.map((name) => keys.get(name) ?? '');
      },
    }),
    defaultUrl: undefined,
    connect: async (url, apiKey) => {
      made.push(`${url} ${apiKey}`);
      return (async () => undefined) as Caller;
    },
    ...over,
  });
  return { remotes, keys, made, asked };
};

describe('the applications of shops.yaml', () => {
  test('none are hosted where the file says nothing of them', () => {
    expect(readRemotes({ shops: {} }).size).toBe(0);
  });

  test('share the profiles of the live ones, if nothing else is said', () => {
    const both = { applications: { 2: { remote: HOSTED }, 3: { remote: { ...HOSTED, environment: 'sandbox' } } } };
    expect([...readRemotes(both)].map(([id, { environment }]) => [id, environment])).toEqual([
      [2, 'live'],
      [3, 'sandbox'],
    ]);
  });

  test.each([
    ['an id that is none', file(HOSTED, 'two'), 'applications'],
    ['no secret', file({ url: HOSTED.url }), 'applications.2.remote.secret'],
    ['a secret that functions may not read', file({ ...HOSTED, secret: 'SHOPIFY' }), 'begin its name with "remote"'],
    ['another protocol', file({ ...HOSTED, url: 'ftp://hosted.example' }), 'applications.2.remote.url'],
    ['an address with credentials', file({ ...HOSTED, url: 'https://a:b@hosted.example' }), 'host, port and path only'],
    ['an address with a query', file({ ...HOSTED, url: 'https://hosted.example?key=x' }), 'host, port and path only'],
    ['a word that is not known', file({ ...HOSTED, key: 'x' }), 'key'],
    ['another environment', file({ ...HOSTED, environment: 'test' }), 'applications.2.remote.environment'],
  ])('%s is refused with its place, by functions and by the shops file alike', (_, content, place) => {
    expect(() => readRemotes(content)).toThrow(ConfigurationError);
    expect(() => readRemotes(content)).toThrow(place);
    expect(() => readShops({ shops: {}, ...content })).toThrow(place);
  });
});

test('only the named Application is hosted', () => {
  const { remotes } = world();
  expect(remotes(2)).toMatchObject({ environment: 'live' });
  expect(remotes(1)).toBeUndefined();
});

test('no secret is asked for before a call is to be made', async () => {
  const { remotes, asked } = world();
  remotes(2);
  expect(asked).toEqual([]);
  await remotes(2)?.caller();
  expect(asked).toEqual(['remote/two']);
});

test('one key has one caller, which keeps its connections; a new key has a new one', async () => {
  const { remotes, keys, made } = world();
  const [first, second] = await Promise.all([remotes(2)?.caller(), remotes(2)?.caller()]);
  expect(second).toBe(first);
  keys.set('remote/two', 'key-2');
  expect(await remotes(2)?.caller()).not.toBe(first);
  expect(made).toEqual(['https://hosted.example key-1', 'https://hosted.example key-2']);
});

test('its own address goes before the default, which serves where none is said', async () => {
  const defaultUrl = 'https://default.example';
  const own = world(file(), { defaultUrl });
  await own.remotes(2)?.caller();
  const { remotes, made } = world(file({ secret: 'remote/two' }), { defaultUrl });
  await remotes(2)?.caller();
  expect([...own.made, ...made]).toEqual(['https://hosted.example key-1', 'https://default.example key-1']);
});

describe('what is wrong is told with what to set', () => {
  const connect: RemotesDeps['connect'] = async (url, apiKey) => caller({ url, credentials: { apiKey } });

  test('no address anywhere', async () => {
    const error = world(file({ secret: 'remote/two' }))
      .remotes(2)
      ?.caller();
    await expect(error).rejects.toThrow('applications.2.remote has no url: add it, or set INTEGRATION_API_URL');
    await expect(error).rejects.toBeInstanceOf(ConfigurationError);
  });

  test('a secret that is not there', async () => {
    const secrets: RemotesDeps['secrets'] = async () => ({
      get: ([name]) => Promise.reject(new ConfigurationError(`the secret ${name} is not there`)),
    });
    await expect(world(file(), { secrets }).remotes(2)?.caller()).rejects.toThrow('the secret remote/two is not there');
  });

  test('a key that no header can carry, without the key; asked again when it is mended', async () => {
    const { remotes, keys } = world(file(), { connect });
    keys.set('remote/two', 'secret with\nline');
    const error = await remotes(2)
      ?.caller()
      .catch((cause: Error) => cause);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(/^applications\.2\.remote is refused: credentials\.apiKey/);
    expect(String((error as Error).stack)).not.toContain('secret with');
    keys.set('remote/two', 'mended');
    await expect(remotes(2)?.caller()).resolves.toBeTypeOf('function');
  });

  test('a default address that cannot be one', async () => {
    const { remotes } = world(file({ secret: 'remote/two' }), { connect, defaultUrl: 'https://a:b@default.example' });
    await expect(remotes(2)?.caller()).rejects.toThrow(/^applications\.2\.remote is refused: url/);
  });
});
