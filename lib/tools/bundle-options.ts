import type { BuildOptions } from 'esbuild';

/** How esbuild makes what AWS Lambda loads: small ES modules for its Node, and what they are made of. */
export const MODULES = {
  outExtension: { '.js': '.mjs' },
  splitting: true,
  metafile: true,
  bundle: true,
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // ES modules of packages: the default would take CommonJS, which cannot be shaken.
  mainFields: ['module', 'main'],
  logLevel: 'error',
} as const satisfies BuildOptions;
