import { localResolver } from '../../lib/tools/cloudformation.ts';
import { serverlessFile } from './serverless-file.ts';

interface Stage {
  readonly provider: { readonly region?: string; readonly environment: Readonly<Record<string, unknown>> };
  readonly params: { readonly local: Readonly<Record<string, string>> };
}

/**
 * The environment of every function on the local stage, read from serverless.yml as the framework reads it.
 *
 * @param given what `${env:…}` finds.
 */
export const localEnvironment = (
  given: Readonly<Record<string, string>>,
  sqsEndpoint: string,
  region: string,
): Record<string, string> => {
  const { provider, params } = serverlessFile() as unknown as Stage;
  const resolve = localResolver(serverlessFile().resources.Resources, { region, sqsEndpoint });
  const fill = (text: string): string =>
    text
      .replaceAll(/\$\{param:(\w+)\}/g, (_all, name: string) => fill(params.local[name] ?? ''))
      .replaceAll(/\$\{env:(\w+), '([^']*)'\}/g, (_all, name: string, other: string) => given[name] ?? other);
  const resolved = resolve(provider.environment) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(resolved).map(([name, value]) => [name, fill(String(value))]));
};
