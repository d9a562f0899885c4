import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type ParseResult, parseSync } from 'vite';

/** A node of the syntax tree. */
export interface Node {
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Every file below a folder, as paths from the root of the project. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Every module of the collection. */
export const modules = (): string[] =>
  ['functions', 'lib'].flatMap(filesBelow).filter((file) => /\.(ts|mts|mjs|js)$/.test(file));

const parsed = new Map<string, ParseResult>();

const parse = (file: string): ParseResult => {
  const known = parsed.get(file);
  if (known) return known;
  const result = parseSync(file, readFileSync(file, 'utf8'));
  if (result.errors.length > 0) throw new Error(`${file}: ${result.errors[0]?.message}`);
  parsed.set(file, result);
  return result;
};

/** The statements of a module. */
export const statements = (file: string): readonly Node[] => parse(file).program.body as unknown as Node[];

/** Every node of a module's syntax tree. */
export function* nodesOf(file: string): Generator<Node> {
  const open: unknown[] = [parse(file).program];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if ('type' in value && typeof value.type === 'string') yield value as Node;
    for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) open.push(part);
  }
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** What a module imports, as written: static, dynamic, re-exported and for types only. */
export const specifiers = (file: string): string[] =>
  [...nodesOf(file)].flatMap((node) => {
    if (!IMPORTING.has(node.type) || !node.source) return [];
    const { value } = node.source as { value?: unknown };
    if (typeof value !== 'string') throw new Error(`${file}: an import whose target only a run can tell`);
    return [value];
  });

/** The modules of the collection that a module imports. */
export const importsOf = (file: string): string[] =>
  specifiers(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(file), specifier)));
