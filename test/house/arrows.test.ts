import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, importsOf, modules, nodesOf, specifiers, statements } from './source-files.ts';

/** The store as those see it who do not open it. */
const STORE = [
  'lib/store/store.ts',
  'lib/store/segment.ts',
  'lib/store/seal.ts',
  'lib/store/fit.ts',
  'lib/store/every.ts',
];

const UNITS = ['contract', 'client', 'promotions', 'engine', 'commerce', 'inbox', 'privacy', 'store', 'lambda'].map(
  (unit) => `lib/${unit}/`,
);

/** What the modules of a folder may import besides each other: the arrows of design.md §2. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'lib/contract/': [],
  'lib/store/': [],
  'lib/client/': ['lib/contract/'],
  'lib/promotions/talang/': ['lib/contract/decimal.ts'],
  'lib/promotions/': ['lib/contract/', ...STORE],
  'lib/engine/': ['lib/contract/', 'lib/promotions/', ...STORE],
  'lib/commerce/': ['lib/contract/'],
  'lib/privacy/': ['lib/contract/', ...STORE],
  'lib/inbox/': ['lib/contract/', 'lib/commerce/', 'lib/privacy/', ...STORE],
  'lib/lambda/': UNITS,
  'lib/tools/': UNITS,
  'functions/': UNITS,
};

/** The innermost folder of the table that holds the file. */
const home = (file: string): string => {
  const folders = Object.keys(ARROWS).filter((folder) => file.startsWith(folder));
  const innermost = folders.sort((a, b) => b.length - a.length)[0];
  if (!innermost) throw new Error(`${file} is in none of the house's folders`);
  return innermost;
};

const forbidden = (file: string): string[] => {
  const folder = home(file);
  const allowed = [folder, ...(ARROWS[folder] ?? [])];
  return importsOf(file)
    .filter((target) => !allowed.some((place) => target.startsWith(place)))
    .map((target) => `${file} → ${target}`);
};

const readsEnvironment = (file: string): boolean => {
  const member = [...nodesOf(file)].some(({ type, object, property }) => {
    const [of, name] = [object as { name?: string }, property as { name?: string }];
    return type === 'MemberExpression' && of.name === 'process' && name.name === 'env';
  });
  return member || specifiers(file).some((specifier) => /^(node:)?process$/.test(specifier));
};

describe('imports follow the arrows of the design', () => {
  test.each(Object.keys(ARROWS))('%s', (folder) => {
    const files = modules().filter((file) => home(file) === folder);
    expect(files.flatMap(forbidden)).toEqual([]);
  });

  test('a store is opened in lib/lambda and in the tools only', () => {
    const opening = modules().filter((file) =>
      importsOf(file).some((target) => /store\/(sqlite|dynamodb)/.test(target)),
    );
    expect(opening.filter((file) => !/^lib\/(lambda|tools|store)\//.test(file))).toEqual([]);
  });

  test('nobody imports the tools', () => {
    const importing = modules().filter((file) => importsOf(file).some((target) => target.startsWith('lib/tools/')));
    expect(importing.filter((file) => !file.startsWith('lib/tools/'))).toEqual([]);
  });
});

test('process.env is read in lib/lambda/environment.ts and in the tools only', () => {
  const reading = modules().filter(readsEnvironment);
  expect(reading.filter((file) => !file.startsWith('lib/tools/'))).toEqual(['lib/lambda/environment.ts']);
});

test.each(filesBelow('functions'))('%s is its imports and one line that exports the handler', (file) => {
  const [last, ...imports] = [...statements(file)].reverse();
  expect(new Set(imports.map(({ type }) => type))).toEqual(new Set(['ImportDeclaration']));
  const { declarations = [] } = (last?.declaration ?? {}) as { declarations?: { id: { name?: string } }[] };
  expect(declarations.map(({ id }) => id.name)).toEqual(['handler']);
});

test('no file or folder is named after nothing', () => {
  const parts = ['functions', 'lib', 'test'].flatMap(filesBelow).flatMap((file) => file.split('/'));
  expect(parts.filter((part) => /^(utils?|helpers?|types|common|misc)(\.|$)/.test(part))).toEqual([]);
});

test('the top level holds what the design lists', () => {
  const made = new Set(['node_modules', 'build', 'coverage']);
  const found = readdirSync('.').filter((name) => !name.startsWith('.') && !made.has(name));
  expect(found.filter((name) => !TOP_LEVEL.includes(basename(name)))).toEqual([]);
});

const TOP_LEVEL = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vitest.config.ts',
  'biome.json',
  'serverless.yml',
  'README.md',
  'LICENSE',
  'functions',
  'lib',
  'events',
  'test',
];
