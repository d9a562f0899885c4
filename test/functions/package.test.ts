import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeployedFunction, deployedFunctions, type Template, templateFaults } from '../../lib/tools/template.ts';
import { zipEntries } from './zip-entries.ts';

const run = promisify(execFile);

/** No account, and no way out: whatever is asked for over the network fails at once. */
const OFFLINE = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  AWS_EC2_METADATA_DISABLED: 'true',
};

let folder: string;
let template: Template;
let functions: DeployedFunction[];
let specification: Awaited<ReturnType<typeof loadAwsServiceSpec>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-package-'));
  const script = 'node_modules/serverless/bin/serverless.js';
  await run(process.execPath, [script, 'package', '--stage', 'dev', '--package', folder], { env: OFFLINE });
  template = JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  functions = deployedFunctions(template);
  specification = await loadAwsServiceSpec();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Where what functions use of the SDK is, for all of them. */
const SDK = 'build/sdk';

/** All others ask the shops file which Applications a hosted account answers for. */
const READ_NO_SHOPS = ['sweep', 'health', 'openapi', 'receiptKey', 'opendsrDiscovery', 'unserved'];

describe('a package', () => {
  test('is made for every function, without network and account', async () => {
    const archives = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
    expect(archives.sort()).toEqual(functions.map(({ name }) => `${name}.zip`).sort());
  });

  test('holds its own bundle with source maps, what it uses of the SDK, and the shops where they are read, and nothing else', async () => {
    for (const { name, module } of functions) {
      const files = zipEntries(await readFile(join(folder, `${name}.zip`)));
      const code = files.filter((file) => file.endsWith('.mjs'));
      expect(code, name).toContain(`${module}.mjs`);
      const own = code.filter((file) => dirname(file) !== SDK);
      expect(new Set(own.map(dirname)), name).toEqual(new Set([dirname(module)]));
      const shops = READ_NO_SHOPS.includes(name) ? [] : ['build/shops.json'];
      expect(files.sort(), name).toEqual([...code, ...own.map((file) => `${file}.map`), ...shops].sort());
    }
  });

  test('has a bundle that loads with nothing beside it and exports a handler', async () => {
    const files = await Promise.all(
      functions.map(({ name }) => readFile(join(folder, `${name}.zip`)).then(zipEntries)),
    );
    const modules = [...new Set(files.flat())].filter((file) => file.endsWith('.mjs'));
    const entries = functions.map(({ module }) => resolve(`${module}.mjs`));
    // Also what is loaded on demand: of the SDK it may name only what was put together.
    const code = `for (const path of ${JSON.stringify(modules.map((file) => resolve(file)))}) await import(path);
      for (const path of ${JSON.stringify(entries)}) console.log(path, typeof (await import(path)).handler);`;
    await writeFile(join(folder, 'load.mjs'), code);
    const { stdout, stderr } = await run(process.execPath, ['load.mjs'], { cwd: folder });
    expect(stdout.trim().split('\n')).toEqual(entries.map((path) => `${path} function`));
    expect(stderr).toBe('');
  });
});

describe('a role', () => {
  test('is each function’s own, and no other is there', () => {
    const roles = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(functions.map(({ role }) => role).sort()).toEqual(roles.map(([id]) => id).sort());
  });

  test('allows no action or resource wholesale', () => {
    expect(functions.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    expect(JSON.stringify(template.Resources)).not.toMatch(/"Resource":\s*\[?"\*"/);
  });

  test('of a webhook reaches no table', () => {
    const actions = functions.filter(({ module }) => module.includes('/webhooks/')).flatMap((each) => each.actions);
    expect(actions.filter((action) => action.startsWith('dynamodb:'))).toEqual([]);
  });

  test('of a queue’s function may take messages from that queue', () => {
    for (const { Type, Properties = {} } of Object.values(template.Resources)) {
      if (Type !== 'AWS::Lambda::EventSourceMapping') continue;
      const [id] = (Properties.FunctionName as { 'Fn::GetAtt': [string] })['Fn::GetAtt'];
      const name = template.Resources[id]?.Properties?.FunctionName as string;
      const actions = functions.find((each) => name.endsWith(`-${each.name}`))?.actions;
      expect(actions).toEqual(
        expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']),
      );
    }
  });
});

describe('the template', () => {
  const faultsWith = (id: string, change: (properties: Record<string, unknown>) => void): string[] => {
    const changed = structuredClone(template);
    change(changed.Resources[id]?.Properties as Record<string, unknown>);
    return templateFaults(changed, specification);
  };

  test('has no fault', () => expect(faultsWith('InboxQueue', () => {})).toEqual([]));

  test.each<[string, string, (properties: Record<string, unknown>) => void, string]>([
    ['an unknown property', 'InboxQueue', (queue) => Object.assign(queue, { Fifo: true }), 'InboxQueue.Fifo'],
    ['a wrong type', 'InboxQueue', (queue) => Object.assign(queue, { VisibilityTimeout: 'long' }), 'VisibilityTimeout'],
    ['a missing property', 'ItemsTable', (table) => delete table.KeySchema, 'KeySchema: is required'],
    ['a misspelled part', 'ItemsTable', (table) => Object.assign(table, { KeySchema: [{ Name: 'pk' }] }), '[0].Name'],
    ['a reference to nothing', 'InboxQueue', (queue) => Object.assign(queue, { Tags: [{ Ref: 'X' }] }), 'refers to X'],
    [
      'an attribute that is not there',
      'InboxQueue',
      (queue) =>
        Object.assign(queue, { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['ItemsTable', 'Url'] } } }),
      'ItemsTable has no attribute Url',
    ],
  ])('is refused with %s', (_name, id, change, fault) => {
    const faults = faultsWith(id, change);
    expect(faults).not.toEqual([]);
    expect(faults.join('\n')).toContain(fault);
  });
});
