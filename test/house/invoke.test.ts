import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localQueues, localResolver } from '../../lib/tools/cloudformation.ts';
import { fillState } from '../../lib/tools/publish.ts';
import { compileShops } from '../../lib/tools/shops-file.ts';
import { type LocalSqs, startSqs } from '../../lib/tools/sqs.ts';
import { eventFiles } from './event-files.ts';
import { type Invocation, invokeLocal, readAnswer } from './invoke-local.ts';
import { localEnvironment } from './local-environment.ts';
import { serverlessFile } from './serverless-file.ts';

// Every recorded event is run. The events of a function run one after the other, in order of their names, on a state of
// its own, with the environment that serverless.yml gives them. Of each kind of trigger, the first function's first event
// is run with the framework's own command, in a process as a person would start it; that takes seconds, so the others share
// one process. Two functions at a time.

const REGION = 'us-east-1';
const AT_ONCE = 2;

/** What the events find: a customer, and a coupon that is reserved for her. */
const SEEDS: readonly (readonly [id: string, file: string])[] = [
  ['updateCustomerProfileV2', 'events/operations/update-customer-profile-v2/create.json'],
  ['createCouponReservation', 'events/operations/create-coupon-reservation/go-2019.json'],
];

const { functions, resources } = serverlessFile();
const events = Object.entries(functions).map(([id, { handler }]) => ({ id, handler, files: eventFiles(handler) }));

/** The functions that are run as a person would: the first of each folder of functions/. */
const byCommand = new Set(
  [...Map.groupBy(events, ({ handler }) => handler.split('/')[1]).values()].map(([first]) => first?.id),
);

const started = new Map<string, PromiseWithResolvers<Invocation>>();
for (const { files } of events) for (const file of files) started.set(file, Promise.withResolvers());

let folder: string;
let sqs: LocalSqs | undefined;
const runners: ChildProcess[] = [];

/** Runs events in a process that lasts. */
const newRunner = (endpoint: string) => {
  const child = fork('test/house/run-event.ts', { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  runners.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return async (handler: string, file: string, state: string): Promise<Invocation> => {
    output = '';
    const env = {
      ...localEnvironment({ LOCAL_STATE: join(folder, state) }, endpoint, REGION),
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL_SQS: endpoint,
    };
    child.send({ handler, file, env });
    const [{ answer, error }] = (await once(child, 'message')) as [{ answer?: unknown; error?: string }];
    return { code: error === undefined ? 0 : 1, answer: readAnswer(answer), output: `${output}${error ?? ''}` };
  };
};

const invoke = (id: string, file: string, state: string, endpoint: string): Promise<Invocation> =>
  invokeLocal(id, file, {
    LOCAL_STATE: join(folder, state),
    AWS_ENDPOINT_URL_SQS: endpoint,
    SLS_LOG_LEVEL: 'error',
    // What the processes have in common is compiled once.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  });

const runAll = async (queue: typeof events, endpoint: string): Promise<void> => {
  const run = newRunner(endpoint);
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { id, handler, files } = next;
    await cp(join(folder, 'filled'), join(folder, id), { recursive: true });
    for (const [index, file] of files.entries()) {
      const asPerson = index === 0 && byCommand.has(id);
      const done = asPerson ? await invoke(id, file, id, endpoint) : await run(handler, file, id);
      started.get(file)?.resolve(done);
    }
  }
};

const prepare = async (): Promise<string> => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-invoke-'));
  await fillState(join(folder, 'filled'));
  await compileShops('events/demo/shops.yaml', join(folder, 'filled', 'shops.json'));
  const resolve = localResolver(resources.Resources, { region: REGION, sqsEndpoint: 'http://127.0.0.1' });
  const server = await startSqs(localQueues(resources.Resources, resolve), { port: 0, region: REGION });
  sqs = server;
  const seed = newRunner(server.endpoint);
  for (const [id, file] of SEEDS) {
    const { code, output } = await seed(functions[id]?.handler ?? '', file, 'filled');
    if (code !== 0) throw new Error(output);
  }
  // Its database stays open: the copies must hold what its log does.
  runners.pop()?.kill();
  return server.endpoint;
};

beforeAll(async () => {
  const endpoint = await prepare();
  const queue = [...events];
  for (let lane = 0; lane < AT_ONCE; lane++) {
    runAll(queue, endpoint).catch((error) => {
      for (const run of started.values()) run.reject(error);
    });
  }
});

afterAll(async () => {
  for (const runner of runners) runner.kill();
  await sqs?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(events)('$id, run as recorded', ({ files }) => {
  test.each(files)('answers %s', async (file) => {
    const run = await started.get(file)?.promise;
    expect(run?.code, run?.output).toBe(0);
    const expectation = JSON.parse(await readFile(file.replace(/\.json$/, '.expected.json'), 'utf8'));
    expect(run?.answer, run?.output).toMatchObject(expectation);
  });
});
