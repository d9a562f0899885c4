import { type Caller, caller } from '../client/call.ts';
import { type Remote, readRemotes } from '../commerce/applications.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { once } from './deps.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { shopsFile } from './shops-file.ts';

/** A hosted Application and how to call it. */
export interface RemoteApplication extends Pick<Remote, 'environment'> {
  readonly call: Caller;
}

/** The hosted Application of an id; undefined where the embedded engine answers. */
export type Remotes = (applicationId: number) => Promise<RemoteApplication | undefined>;

/** What calling hosted Applications needs. */
export interface RemotesDeps {
  readonly remotes: ReadonlyMap<number, Remote>;
  secrets(): Promise<Secrets>;
  /** For the remotes that name no address. */
  readonly defaultUrl: string | undefined;
  /** Makes a caller; one for each key, because each keeps its connections. */
  readonly connect: (url: string, apiKey: string) => Caller;
}

/** Longer than a Lambda of ours lives with its caller waiting: API Gateway gives up after 30 seconds. */
const DEADLINE_MS = 25_000;

/** @throws ConfigurationError (rejects) when a hosted Application has no address or no key. */
export const remotesOf = ({ remotes, secrets, defaultUrl, connect }: RemotesDeps): Remotes => {
  const callers = new Map<number, { readonly apiKey: string; readonly call: Caller }>();
  return async (applicationId) => {
    const remote = remotes.get(applicationId);
    if (!remote) return undefined;
    const url = remote.url ?? defaultUrl;
    if (url === undefined) {
      throw new ConfigurationError(
        `applications.${applicationId}.remote has no url: add it, or set INTEGRATION_API_URL`,
      );
    }
    const [apiKey = ''] = await (await secrets()).get([remote.secret]);
    const known = callers.get(applicationId);
    const call = known?.apiKey === apiKey ? known.call : connect(url, apiKey);
    callers.set(applicationId, { apiKey, call });
    return { environment: remote.environment, call };
  };
};

/** The stage's hosted Applications. */
export const openRemotes = (): Promise<Remotes> =>
  once('remotes', ['SHOPS_FILE', 'INTEGRATION_API_URL'], async ({ SHOPS_FILE, INTEGRATION_API_URL }) =>
    remotesOf({
      remotes: readRemotes(await shopsFile(SHOPS_FILE)),
      secrets: openSecrets,
      defaultUrl: INTEGRATION_API_URL,
      connect: (url, apiKey) => caller({ url, credentials: { apiKey }, deadlineMs: DEADLINE_MS }),
    }),
  );
