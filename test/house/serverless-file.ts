import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import type { Resources } from '../../lib/tools/serverless.ts';

/** A function of serverless.yml. */
export interface ServerlessFunction {
  readonly description?: string;
  readonly handler: string;
  readonly timeout?: number;
  readonly environment?: unknown;
  readonly iamRoleStatements?: unknown;
  readonly events: readonly {
    readonly httpApi?: string;
    readonly sqs?: { readonly arn: { 'Fn::GetAtt': string }; readonly functionResponseType?: string };
    readonly schedule?: { readonly rate: string };
  }[];
}

interface ServerlessFile {
  readonly functions: Readonly<Record<string, ServerlessFunction>>;
  readonly resources: { readonly Resources: Resources };
}

const short = (tag: string, name: string): ScalarTag | CollectionTag => ({
  tag,
  resolve: (text: string) => ({ [name]: text }),
});

/** serverless.yml of the local stage, as far as the house's tests read it. */
export const serverlessFile = (): ServerlessFile => {
  const text = readFileSync('serverless.yml', 'utf8');
  const service = /^service: (.+)$/m.exec(text)?.[1] ?? '';
  const resolved = text.replaceAll(`\${self:service}`, service).replaceAll(`\${sls:stage}`, 'local');
  return parse(resolved, { merge: true, customTags: [short('!Ref', 'Ref'), short('!GetAtt', 'Fn::GetAtt')] });
};
