import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRemotes } from '../commerce/applications.ts';
import { readShops } from '../commerce/shops.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { isOutage } from '../inbox/outage.ts';
import { readEnvironment } from '../lambda/environment.ts';
import { keptSecrets, secretsFrom } from '../lambda/secrets.ts';
import { shopsFile } from '../lambda/shops-file.ts';
import { sqsClient, sqsQueue } from '../lambda/sqs-queue.ts';
import { segments } from '../store/segment.ts';
import { LOCAL_ACCOUNT } from './cloudformation.ts';
import { follow } from './follow.ts';
import { readLocalKeySecret } from './local-secret.ts';
import { readLocalSettings, useLocalAws } from './local-settings.ts';
import { openNamedStore, openStoreFile } from './open-store.ts';
import { runOpsCommand } from './ops-command.ts';
import type { OpenedOps, ShopSettings } from './ops-deps.ts';
import { progressOn } from './ops-progress.ts';
import { queueDepths } from './queue-depths.ts';
import { Refusal } from './refusal.ts';

const LOCAL_INBOX = 'promotion-functions-local-inbox.fifo';
const LOCAL_REGION = 'us-east-1';

const LOCAL_PORT = 3000;
const DEMO_SECRETS = 'events/demo/secrets.json';

/** Where packaging leaves the shops of a deployed stage. */
const COMPILED_SHOPS = 'build/shops.json';

const settingsIn = async (file: string): Promise<ShopSettings> => {
  if (!existsSync(resolve(file))) {
    throw new Refusal(`${file} does not exist: run npm start or npm run package once, or set SHOPS_FILE`);
  }
  const content = await shopsFile(file);
  return { shops: readShops(content), remotes: readRemotes(content) };
};

const shopNames = async (file: string): Promise<readonly string[] | undefined> =>
  existsSync(resolve(file)) ? [...readShops(await shopsFile(file)).keys()] : undefined;

const unanswered = (endpoint: string) => (error: unknown) => {
  if (!isOutage(error)) throw error;
  throw new Refusal(`No queue answers at ${endpoint}: run npm start beside this (SQS_PORT says where it listens)`);
};

/** The local stage: its database, and the queues of the `npm start` that runs. */
const openLocal = async (accountId: number): Promise<OpenedOps> => {
  const { database, sqsEndpoint, compiledShops, state } = readLocalSettings();
  const keySecret = await readLocalKeySecret();
  return {
    accountId,
    store: openStoreFile(database),
    segment: () => segments(keySecret),
    inbox: async () => {
      useLocalAws(LOCAL_REGION, sqsEndpoint);
      const queue = sqsQueue(`${sqsEndpoint}/${LOCAL_ACCOUNT}/${LOCAL_INBOX}`, sqsClient());
      await queue.check().catch(unanswered(sqsEndpoint));
      return queue;
    },
    depths: () => {
      useLocalAws(LOCAL_REGION, sqsEndpoint);
      return queueDepths(`${sqsEndpoint}/${LOCAL_ACCOUNT}/${LOCAL_INBOX}`, sqsClient()).catch(unanswered(sqsEndpoint));
    },
    shops: () => shopNames(compiledShops),
    settings: () => settingsIn(compiledShops),
    secrets: async () => {
      const SECRETS = { kind: 'file', value: process.env.SECRETS_FILE || DEMO_SECRETS } as const;
      return keptSecrets(secretsFrom({ SECRETS, STAGE: 'local' }), () => new Date());
    },
    address: `http://localhost:${process.env.PORT || LOCAL_PORT}`,
    logLines: () => follow(join(state, 'server.log'), sleep),
  };
};

/** A stage that the environment names. */
const openNamed = async (accountId: number): Promise<OpenedOps> => ({
  accountId,
  store: await openNamedStore(),
  segment: () => segments(readEnvironment(['KEY_SECRET']).KEY_SECRET),
  inbox: async () => sqsQueue(readEnvironment(['INBOX_QUEUE_URL']).INBOX_QUEUE_URL, sqsClient()),
  depths: async () => queueDepths(readEnvironment(['INBOX_QUEUE_URL']).INBOX_QUEUE_URL, sqsClient()),
  shops: () => shopNames(process.env.SHOPS_FILE || COMPILED_SHOPS),
  settings: () => settingsIn(process.env.SHOPS_FILE || COMPILED_SHOPS),
  secrets: async () => keptSecrets(secretsFrom(readEnvironment(['SECRETS', 'STAGE'])), () => new Date()),
  address: undefined,
  logLines: undefined,
});

const open = (): Promise<OpenedOps> => {
  const { ACCOUNT_ID: accountId } = readEnvironment(['ACCOUNT_ID']);
  return process.env.STORE ? openNamed(accountId) : openLocal(accountId);
};

const progress = progressOn(process.stderr);

try {
  await runOpsCommand(process.argv.slice(2), {
    open,
    now: () => new Date(),
    wait: (milliseconds) => sleep(milliseconds),
    print: (text) => {
      progress.clear();
      process.stdout.write(`${text}\n`);
    },
    show: progress.show,
    fail: () => {
      process.exitCode = 1;
    },
    fetch,
  });
} catch (error) {
  const isTheirs = error instanceof Refusal || error instanceof ConfigurationError;
  process.stderr.write(`${isTheirs ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
