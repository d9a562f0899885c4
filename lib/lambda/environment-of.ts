import type { EngineDeps } from '../engine/deps.ts';
import type { Environment } from '../privacy/person.ts';
import { openEngine } from './engine.ts';
import { openRemotes, type Remotes } from './remotes.ts';

/** Tells whose profiles an Application shares. @throws UnknownApplicationError (rejects) */
export type EnvironmentOf = (application: number) => Promise<Environment>;

/** What telling it needs. */
export interface EnvironmentOfDeps {
  readonly engine: Pick<EngineDeps, 'promotions'>;
  readonly remotes: Remotes;
}

/** As shops.yaml says of a hosted Application, and the published promotions of all others. */
export const environmentsOf =
  ({ engine, remotes }: EnvironmentOfDeps): EnvironmentOf =>
  async (application) =>
    (remotes(application) ?? (await engine.promotions(application)).application).environment;

/** The same for the stage's Applications. */
export const openEnvironmentOf = async (): Promise<EnvironmentOf> => {
  const [engine, remotes] = await Promise.all([openEngine(), openRemotes()]);
  return environmentsOf({ engine, remotes });
};
