import { join } from 'node:path';

/** Where the local stack listens and keeps its state. Everything is on 127.0.0.1. */
export interface LocalSettings {
  /** Folder of the database, the queues and the compiled shops file. */
  readonly state: string;
  /** The file of the embedded store. */
  readonly database: string;
  /** Port on which functions can be invoked by name. */
  readonly lambdaPort: number;
  readonly sqsPort: number;
  /** Base address of the queues; of another process's queues where the environment names them. */
  readonly sqsEndpoint: string;
  /** YAML file that names the shops. */
  readonly shops: string;
  /** What it is compiled to, and what SHOPS_FILE names. */
  readonly compiledShops: string;
}

/** The file of the embedded store in a folder of local state. */
export const databaseIn = (state: string): string => join(state, 'state.db');

/**
 * Reads LOCAL_STATE (default `.local`), LAMBDA_PORT (3002), SQS_PORT (3003), AWS_ENDPOINT_URL_SQS (the local one) and
 * SHOPS_YAML (the demo's). serverless.yml reads the same names with the same defaults.
 */
export const readLocalSettings = (env: NodeJS.ProcessEnv = process.env): LocalSettings => {
  const state = env.LOCAL_STATE || '.local';
  const sqsPort = Number(env.SQS_PORT || 3003);
  return {
    state,
    database: databaseIn(state),
    lambdaPort: Number(env.LAMBDA_PORT || 3002),
    sqsPort,
    sqsEndpoint: env.AWS_ENDPOINT_URL_SQS || `http://127.0.0.1:${sqsPort}`,
    shops: env.SHOPS_YAML || 'events/demo/shops.yaml',
    compiledShops: join(state, 'shops.json'),
  };
};

/** Points this process's AWS clients at the local queues, and nowhere else whatever the machine is configured for. */
export const useLocalAws = (region: string, sqsEndpoint: string, env: NodeJS.ProcessEnv = process.env): void => {
  for (const name of Object.keys(env)) if (name.startsWith('AWS_')) delete env[name];
  Object.assign(env, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: region,
    AWS_ENDPOINT_URL_SQS: sqsEndpoint,
  });
};
