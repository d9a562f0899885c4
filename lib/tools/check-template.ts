import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { BUNDLE_SIZES } from './bundle.ts';
import { deployedFunctions, type Template, templateFaults } from './template.ts';

const PACKAGE = process.argv[2] ?? '.serverless';

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));

const template = (await readJson(join(PACKAGE, 'cloudformation-template-update-stack.json'))) as Template;
const sizes = (await readJson(BUNDLE_SIZES)) as Record<string, number>;

/** Longer than every name of a function. */
const NAME = 38;

const grouped = (actions: readonly string[]): string =>
  Object.entries(Object.groupBy(actions, (action) => action.split(':')[0] ?? ''))
    .map(([service, names = []]) => `${service}: ${names.map((name) => name.split(':')[1]).join(' ')}`)
    .join('\n'.padEnd(NAME + 10));

console.log(`${'function'.padEnd(NAME)}${'KB'.padStart(6)}   its role allows`);
for (const { name, module, actions } of deployedFunctions(template)) {
  const kilobytes = ((sizes[`${module}.mjs`] ?? 0) / 1024).toFixed(0);
  console.log(`${name.padEnd(NAME)}${kilobytes.padStart(6)}   ${grouped(actions)}`);
}

const faults = templateFaults(template, await loadAwsServiceSpec());
for (const fault of faults) console.error(`✗ ${fault}`);
if (faults.length === 0) console.log(`✓ template: ${Object.keys(template.Resources).length} resources`);
process.exitCode = faults.length === 0 ? 0 : 1;
