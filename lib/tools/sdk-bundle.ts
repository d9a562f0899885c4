import type { Metafile, Plugin } from 'esbuild';
import { MODULES } from './bundle-options.ts';
import { httpOnRequire } from './http-on-require.ts';

/** What functions use of the AWS SDK, by package; that nothing is missing is tested by loading every bundle. */
const USED: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-dynamodb': [
    'BatchGetItemCommand',
    'ConditionalCheckFailedException',
    'DeleteItemCommand',
    'DynamoDBClient',
    'GetItemCommand',
    'IdempotentParameterMismatchException',
    'PutItemCommand',
    'QueryCommand',
    'TransactionCanceledException',
    'TransactionConflictException',
    'TransactionInProgressException',
    'TransactWriteItemsCommand',
    'UpdateItemCommand',
  ],
  '@aws-sdk/client-sqs': [
    'ChangeMessageVisibilityBatchCommand',
    'GetQueueAttributesCommand',
    'SendMessageCommand',
    'SQSClient',
  ],
  '@aws-sdk/client-ssm': ['GetParametersCommand', 'SSMClient'],
};

type Outputs = Metafile['outputs'];

/** What functions use of the AWS SDK, bundled once for all of them. */
export interface SdkBundle {
  /** Has a bundle import it from where it is. @param depth of the bundle's folder below the one that the SDK's is in. */
  plugin(depth: number): Plugin;
  /** The outputs of a bundle with what it imports of the SDK, and what that imports. */
  withSdk(outputs: Outputs): Outputs;
}

const NAMESPACE = 'used-of-sdk';

const usedOnly: Plugin = {
  name: NAMESPACE,
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^used:/ }, ({ path }) => ({ path: path.replace('used:', ''), namespace: NAMESPACE }));
    onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: `export { ${USED[path]?.join(', ')} } from '${path}'`,
      resolveDir: process.cwd(),
    }));
  },
};

const nameOf = (sdkPackage: string): string => sdkPackage.replace('@aws-sdk/', '');

/**
 * Bundles what functions use of the AWS SDK, hundreds of files, once instead of once for each of them: packaging takes less
 * than half of the time. Without source maps: nobody looks for a fault of ours there.
 *
 * @param out the folder of all bundles; the SDK gets `sdk` in it.
 */
export const bundleSdk = async (out: string): Promise<SdkBundle> => {
  const { build } = await import('esbuild');
  const folder = `${out}/sdk`;
  const { metafile } = await build({
    entryPoints: Object.keys(USED).map((each) => ({ in: `used:${each}`, out: nameOf(each) })),
    outdir: folder,
    ...MODULES,
    plugins: [usedOnly, httpOnRequire],
  });
  const plugin = (depth: number): Plugin => ({
    name: 'bundled-sdk',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^@aws-sdk\// }, ({ path }) =>
        Object.hasOwn(USED, path)
          ? { path: `${'../'.repeat(depth)}sdk/${nameOf(path)}.mjs`, external: true }
          : undefined,
      );
    },
  });
  const withSdk = (outputs: Outputs): Outputs => {
    const joined: Outputs = {};
    for (const [file, output] of Object.entries(outputs)) {
      const imports = output.imports.map((each) => {
        const path = each.path.replace(/^(\.\.\/)+sdk\//, `${folder}/`);
        return { ...each, path, external: each.external === true && path === each.path };
      });
      joined[file] = { ...output, imports };
    }
    const files = new Set(Object.values(joined).flatMap(({ imports }) => imports.map(({ path }) => path)));
    for (const file of files) {
      const output = metafile.outputs[file];
      if (!output) continue;
      joined[file] = output;
      for (const { path } of output.imports) files.add(path);
    }
    return joined;
  };
  return { plugin, withSdk };
};
