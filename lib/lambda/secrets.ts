import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { ConfigurationError } from '../contract/errors.ts';
import { cache } from './cache.ts';
import { now, once } from './deps.ts';
import type { Environment } from './environment.ts';

/** Secrets by name. */
export interface Secrets {
  /**
   * The values, in the order of the names. Kept for five minutes, so that neither traffic nor wrong signatures reach
   * where they come from; add a new secret beside the old one five minutes before anything is signed with it.
   *
   * @throws ConfigurationError naming a secret that is not there.
   */
  get(names: readonly string[]): Promise<string[]>;
}

/** Fetches secrets from where they are kept; a name that is not there is left out. */
export type FetchSecrets = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const KEPT_MS = 5 * 60_000;
/** For how long a failure is repeated without asking again. */
const FAILED_MS = 5_000;
const KEPT_SETS = 200;

/** Keeps what was fetched, and for a few seconds also that it failed. */
export const keptSecrets = (fetch: FetchSecrets, now: () => Date): Secrets => {
  const kept = cache<{ readonly values: string[] } | { readonly error: unknown }>({
    now,
    keepMs: (answer) => ('error' in answer ? FAILED_MS : KEPT_MS),
    size: KEPT_SETS,
  });
  return {
    get: async (names) => {
      // Parameter Store refuses an empty list, and whoever asks would be told of a failure instead of nothing.
      if (names.length === 0) return [];
      const answer = await kept(JSON.stringify(names), async () => {
        try {
          const found = await fetch(names);
          return { values: names.map((name) => found.get(name) ?? missing(name)) };
        } catch (error) {
          return { error };
        }
      });
      if ('error' in answer) throw answer.error;
      return answer.values;
    },
  };
};

const missing = (name: string): never => {
  throw new ConfigurationError(`the secret ${name} is not there: add it to where SECRETS points`);
};

/**
 * Where SECRETS says that secrets are: a JSON file of names and values, in the local stage only, or parameters of AWS
 * Systems Manager.
 *
 * @throws ConfigurationError for a file in another stage.
 */
export const secretsFrom = ({ SECRETS, STAGE }: Pick<Environment, 'SECRETS' | 'STAGE'>): FetchSecrets => {
  const { kind, value } = SECRETS;
  if (kind === 'ssm') return async (names) => (await import('./ssm-parameters.ts')).fetchParameters(value, names);
  if (STAGE !== 'local') {
    throw new ConfigurationError(
      'SECRETS is refused: a file of secrets is for the local stage; set it to ssm:<prefix>',
    );
  }
  return () => readSecretsFile(value);
};

/** The stage's secrets. */
export const openSecrets = (): Promise<Secrets> =>
  once('secrets', ['SECRETS', 'STAGE'], (environment) => keptSecrets(secretsFrom(environment), now));

const SecretsFile = z.record(z.string(), z.string().min(1));

const readSecretsFile = async (path: string): Promise<ReadonlyMap<string, string>> => {
  try {
    return new Map(Object.entries(SecretsFile.parse(JSON.parse(await readFile(resolve(path), 'utf8')))));
  } catch {
    // Whatever went wrong, its text may quote a secret.
    throw new ConfigurationError('SECRETS names a file that is not there, or no JSON object of names and values');
  }
};
