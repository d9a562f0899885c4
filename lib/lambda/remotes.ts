import type { Caller } from '../client/call.ts';
import { type Remote, readRemotes } from '../commerce/applications.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { once } from './deps.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { shopsFile } from './shops-file.ts';

/** A hosted Application. */
export interface RemoteApplication extends Pick<Remote, 'environment'> {
  /** What calls it. @throws ConfigurationError (rejects) when it has no address or no key, naming what to set. */
  caller(): Promise<Caller>;
}

/** The hosted Application of an id; undefined where the embedded engine answers. */
export type Remotes = (applicationId: number) => RemoteApplication | undefined;

/** What calling hosted Applications needs. */
export interface RemotesDeps {
  readonly remotes: ReadonlyMap<number, Remote>;
  secrets(): Promise<Secrets>;
  /** For the remotes that name no address. */
  readonly defaultUrl: string | undefined;
  /** Makes a caller; one for each key, because each keeps its connections. @throws ConfigurationError (rejects) */
  readonly connect: (url: string, apiKey: string) => Promise<Caller>;
}

/** Hosted Applications by what shops.yaml says of them. */
export const remotesOf = ({ remotes, secrets, defaultUrl, connect }: RemotesDeps): Remotes => {
  const callers = new Map<number, { readonly apiKey: string; readonly call: Promise<Caller> }>();
  return (applicationId) => {
    const remote = remotes.get(applicationId);
    if (!remote) return undefined;
    const place = `applications.${applicationId}.remote`;
    return {
      environment: remote.environment,
      caller: async () => {
        const url = remote.url ?? defaultUrl;
        if (url === undefined) throw new ConfigurationError(`${place} has no url: add it, or set INTEGRATION_API_URL`);
        const [apiKey = ''] = await (await secrets()).get([remote.secret]);
        const known = callers.get(applicationId);
        if (known?.apiKey === apiKey) return known.call;
        const call = named(place, connect(url, apiKey));
        callers.set(applicationId, { apiKey, call });
        call.catch(() => callers.delete(applicationId));
        return call;
      },
    };
  };
};

/** Says of which Application a setting is refused. */
const named = <T>(place: string, made: Promise<T>): Promise<T> =>
  made.catch((error: unknown) => {
    throw error instanceof ConfigurationError ? new ConfigurationError(`${place} is refused: ${error.message}`) : error;
  });

/** Of callers whose own end is not known: API Gateway gives up after 30 seconds. */
const DEADLINE_MS = 25_000;

/** The stage's hosted Applications. */
export const openRemotes = (): Promise<Remotes> =>
  once('remotes', ['SHOPS_FILE', 'INTEGRATION_API_URL'], async ({ SHOPS_FILE, INTEGRATION_API_URL }) =>
    remotesOf({
      remotes: readRemotes(await shopsFile(SHOPS_FILE)),
      secrets: openSecrets,
      defaultUrl: INTEGRATION_API_URL,
      // Loaded when it is first asked for: where no Application is hosted, no function needs it.
      connect: async (url, apiKey) =>
        (await import('../client/call.ts')).caller({ url, credentials: { apiKey }, deadlineMs: DEADLINE_MS }),
    }),
  );
