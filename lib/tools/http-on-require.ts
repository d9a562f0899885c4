import type { Plugin } from 'esbuild';

const NAMESPACE = 'http-on-require';

/**
 * An esbuild plugin that loads `node:http` and `node:https` as `require` does. An `import` of them asks for every export,
 * and Node answers `WebSocket` and its like with the whole of its fetch: twice the time that an empty process takes to
 * start, for what hardly any function uses.
 */
export const httpOnRequire: Plugin = {
  name: NAMESPACE,
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: NAMESPACE,
    }));
    onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}')`,
    }));
  },
};
