import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localQueues, localResolver } from '../../lib/tools/cloudformation.ts';
import { fillState } from '../../lib/tools/publish.ts';
import { compileShops } from '../../lib/tools/shops-file.ts';
import { type LocalSqs, startSqs } from '../../lib/tools/sqs.ts';
import { eventFiles } from './event-files.ts';
import { type Invocation, invokeLocal } from './invoke-local.ts';

import { serverlessFile } from './serverless-file.ts';

// Every recorded event is run by the framework's own command, each in a process. The events of a function run one after
// the other, in order of their names, on a state of its own; two functions at a time.

const REGION = 'us-east-1';
const AT_ONCE = 2;

/** Makes the customer whom the events speak of. */
const CUSTOMER = { id: 'updateCustomerProfileV2', file: 'events/operations/update-customer-profile-v2/create.json' };

const { functions, resources } = serverlessFile();
const events = Object.entries(functions).map(([id, { handler }]) => ({ id, files: eventFiles(handler) }));

const started = new Map<string, PromiseWithResolvers<Invocation>>();
for (const { files } of events) for (const file of files) started.set(file, Promise.withResolvers());

let folder: string;
let sqs: LocalSqs | undefined;

const invoke = (id: string, file: string, state: string, endpoint: string): Promise<Invocation> =>
  invokeLocal(id, file, {
    LOCAL_STATE: join(folder, state),
    AWS_ENDPOINT_URL_SQS: endpoint,
    SLS_LOG_LEVEL: 'error',
    // What the processes have in common is compiled once.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  });

const runAll = async (queue: typeof events, endpoint: string): Promise<void> => {
  for (let next = queue.shift(); next; next = queue.shift()) {
    await cp(join(folder, 'filled'), join(folder, next.id), { recursive: true });
    for (const file of next.files) started.get(file)?.resolve(await invoke(next.id, file, next.id, endpoint));
  }
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-invoke-'));
  await fillState(join(folder, 'filled'));
  await compileShops('events/demo/shops.yaml', join(folder, 'filled', 'shops.json'));
  const resolve = localResolver(resources.Resources, { region: REGION, sqsEndpoint: 'http://127.0.0.1' });
  const server = await startSqs(localQueues(resources.Resources, resolve), { port: 0, region: REGION });
  sqs = server;
  const { code, output } = await invoke(CUSTOMER.id, CUSTOMER.file, 'filled', server.endpoint);
  if (code !== 0) throw new Error(output);
  const queue = [...events];
  for (let lane = 0; lane < AT_ONCE; lane++) {
    runAll(queue, server.endpoint).catch((error) => {
      for (const run of started.values()) run.reject(error);
    });
  }
});

afterAll(async () => {
  await sqs?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(events)('$id, run with osls invoke local', ({ files }) => {
  test.each(files)('answers %s', async (file) => {
    const run = await started.get(file)?.promise;
    expect(run?.code, run?.output).toBe(0);
    const expectation = JSON.parse(await readFile(file.replace(/\.json$/, '.expected.json'), 'utf8'));
    expect(run?.answer, run?.output).toMatchObject(expectation);
  });
});
