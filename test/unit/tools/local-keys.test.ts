import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticator, LOCAL_BEARER, LOCAL_KEY } from '../../../lib/lambda/authenticate.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { readLocalKeySecret } from '../../../lib/tools/local-secret.ts';
import { databaseIn } from '../../../lib/tools/local-settings.ts';
import { fillState } from '../../../lib/tools/publish.ts';

const run = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-keys-'));
  await fillState(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `npm run keys` on the state in a folder. */
const keys = (state: string, ...words: string[]) =>
  run(process.execPath, ['lib/tools/keys.ts', ...words], { env: { ...process.env, STORE: '', LOCAL_STATE: state } });

test('the local state has a key, which signs, and a token, and takes more by npm run keys', async () => {
  // As every start does: what is there stays.
  await fillState(folder);
  const { stdout } = await keys(folder, 'create', '--application', '1', '--title', 'Old shop', '--signed');
  const key = /^[\da-f]{64}$/m.exec(stdout)?.[0];
  const store = openSqliteStore(databaseIn(folder));
  try {
    const keySecret = await readLocalKeySecret();
    const now = () => new Date();
    const authenticate = authenticator({ store, accountId: 1, keySecret, stage: 'local', now });
    const body = Buffer.from('{"type":"seen"}');
    const signed = (by = '') => {
      const signature = createHmac('md5', Buffer.from(by, 'hex')).update(body).digest('hex');
      return { 'content-signature': `signer=1; signature=${signature}` };
    };
    for (const headers of [
      { authorization: `ApiKey-v1 ${LOCAL_KEY}` },
      { authorization: `Bearer ${LOCAL_BEARER}` },
      { authorization: `ApiKey-v1 ${key}` },
      signed(LOCAL_KEY),
      signed(key),
    ]) {
      expect(await authenticate({ headers, body, auth: ['apiKey', 'bearer', 'signature'] })).toBe(1);
    }
  } finally {
    await store.close();
  }
});

test('without local state the command says how to get it, and makes none', async () => {
  const nowhere = join(folder, 'nowhere');
  const refused = await keys(nowhere, 'list').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist: run npm start once') });
  expect(existsSync(nowhere)).toBe(false);
});
