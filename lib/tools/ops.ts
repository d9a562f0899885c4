import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readShops } from '../commerce/shops.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { isOutage } from '../inbox/outage.ts';
import { readEnvironment } from '../lambda/environment.ts';
import { shopsFile } from '../lambda/shops-file.ts';
import { sqsClient, sqsQueue } from '../lambda/sqs-queue.ts';
import { segments } from '../store/segment.ts';
import { LOCAL_ACCOUNT } from './cloudformation.ts';
import { readLocalKeySecret } from './local-secret.ts';
import { readLocalSettings, useLocalAws } from './local-settings.ts';
import { openNamedStore, openStoreFile } from './open-store.ts';
import { runOpsCommand } from './ops-command.ts';
import type { OpenedOps } from './ops-deps.ts';
import { Refusal } from './refusal.ts';

const LOCAL_INBOX = 'promotion-functions-local-inbox.fifo';
const LOCAL_REGION = 'us-east-1';

/** Where packaging leaves the shops of a deployed stage. */
const COMPILED_SHOPS = 'build/shops.json';

const shopNames = async (file: string): Promise<readonly string[] | undefined> =>
  existsSync(resolve(file)) ? [...readShops(await shopsFile(file)).keys()] : undefined;

/** The local stage: its database, and the queues of the `npm start` that runs. */
const openLocal = async (accountId: number): Promise<OpenedOps> => {
  const { database, sqsEndpoint, compiledShops } = readLocalSettings();
  const keySecret = await readLocalKeySecret();
  return {
    accountId,
    store: openStoreFile(database),
    segment: () => segments(keySecret),
    inbox: async () => {
      useLocalAws(LOCAL_REGION, sqsEndpoint);
      const queue = sqsQueue(`${sqsEndpoint}/${LOCAL_ACCOUNT}/${LOCAL_INBOX}`, sqsClient());
      await queue.check().catch((error: unknown) => {
        if (!isOutage(error)) throw error;
        throw new Refusal(
          `No queue answers at ${sqsEndpoint}: run npm start beside this (SQS_PORT says where it listens)`,
        );
      });
      return queue;
    },
    shops: () => shopNames(compiledShops),
  };
};

/** A stage that the environment names. */
const openNamed = async (accountId: number): Promise<OpenedOps> => ({
  accountId,
  store: await openNamedStore(),
  segment: () => segments(readEnvironment(['KEY_SECRET']).KEY_SECRET),
  inbox: async () => sqsQueue(readEnvironment(['INBOX_QUEUE_URL']).INBOX_QUEUE_URL, sqsClient()),
  shops: () => shopNames(process.env.SHOPS_FILE || COMPILED_SHOPS),
});

const open = (): Promise<OpenedOps> => {
  const { ACCOUNT_ID: accountId } = readEnvironment(['ACCOUNT_ID']);
  return process.env.STORE ? openNamed(accountId) : openLocal(accountId);
};

try {
  await runOpsCommand(process.argv.slice(2), {
    open,
    now: () => new Date(),
    wait: (milliseconds) => sleep(milliseconds),
    print: (text) => void process.stdout.write(`${text}\n`),
  });
} catch (error) {
  const isTheirs = error instanceof Refusal || error instanceof ConfigurationError;
  process.stderr.write(`${isTheirs ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
