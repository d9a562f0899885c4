import type { Plugin } from 'esbuild';
import { httpOnRequire } from './http-on-require.ts';

/** What functions use of the AWS SDK, by package: the build names what is missing here. */
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

const ENTRY = 'used:';

const usedOf: Plugin = {
  name: 'used-of-sdk',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: new RegExp(`^${ENTRY}`) }, ({ path }) => ({
      path: path.slice(ENTRY.length),
      namespace: 'used-of-sdk',
    }));
    onLoad({ filter: /.*/, namespace: 'used-of-sdk' }, ({ path }) => ({
      contents: `export { ${USED[path]?.join(', ')} } from '${path}'`,
      resolveDir: process.cwd(),
    }));
  },
};

const nameOf = (sdkPackage: string): string => sdkPackage.replace('@aws-sdk/', '');

/**
 * Puts what functions use of the AWS SDK together once, hundreds of files, so that each bundle reads a few in their place:
 * half of the time that packaging takes.
 *
 * @param outdir where they are kept.
 * @returns the esbuild plugin that reads them.
 */
export const bundleSdk = async (outdir: string): Promise<Plugin> => {
  const { build } = await import('esbuild');
  await build({
    entryPoints: Object.keys(USED).map((each) => ({ in: `${ENTRY}${each}`, out: nameOf(each) })),
    outdir,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's ES modules: the default would take its CommonJS, which cannot be shaken.
    mainFields: ['module', 'main'],
    plugins: [usedOf, httpOnRequire],
    logLevel: 'error',
  });
  return {
    name: 'bundled-sdk',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^@aws-sdk\// }, ({ path }) =>
        Object.hasOwn(USED, path) ? { path: `${process.cwd()}/${outdir}/${nameOf(path)}.mjs` } : undefined,
      );
    },
  };
};
