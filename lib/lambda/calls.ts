import { UnauthorizedError, UpstreamError } from '../contract/errors.ts';
import type { AnyOperation, Input, Output, Request } from '../contract/operation.ts';
import type { EngineCall, EngineDeps } from '../engine/deps.ts';
import type { EngineOperation } from '../engine/operation.ts';
import { perform } from '../engine/perform.ts';
import { recordsOf } from '../engine/records.ts';
import { withLedger } from '../inbox/ledger.ts';
import { openEngine } from './engine.ts';
import { openRemotes, type Remotes } from './remotes.ts';

/** Who calls, what rides along, and until when. */
export interface TimedCall extends EngineCall {
  /** When another server must have answered; the embedded engine does not wait for anybody. */
  readonly deadline?: Date | undefined;
}

/**
 * Makes a call of an Application, whoever answers for it: the embedded engine or a hosted account. Who makes the call
 * cannot tell.
 *
 * @throws what the operation throws, from either side; of a hosted account also UpstreamError and UpstreamTimeoutError,
 * and ConfigurationError where shops.yaml or its secret is at fault.
 */
export interface Calls {
  make<O extends AnyOperation>(
    row: O,
    operation: EngineOperation<O>,
    input: Input<O>,
    call: TimedCall,
  ): Promise<Output<O>>;
  /** The owner text of a profile's records: what erasure finds them by. */
  ownerOf(application: number, profileId: string): Promise<string | undefined>;
}

/** What calls are made with. */
export interface CallsDeps {
  readonly engine: EngineDeps;
  readonly remotes: Remotes;
}

/** Calls that go to the engine, or to a hosted account where there is one for the Application. */
export const callsWith = ({ engine, remotes }: CallsDeps): Calls => ({
  make: async <O extends AnyOperation>(
    row: O,
    operation: EngineOperation<O>,
    input: Input<O>,
    { guard, deadline, ...about }: TimedCall,
  ): Promise<Output<O>> => {
    const { applicationId, requestId } = about;
    const remote = remotes(applicationId);
    if (!remote) return perform(row, operation, input, { ...about, ...(guard && { guard }) }, engine);
    const call = await remote.caller();
    // What was read from a request is a request itself, with its defaults said.
    const request = input as unknown as Request<O>;
    const send = () =>
      call(row, request, { requestId, ...(deadline && { deadline }) }).catch((error: unknown) => {
        throw notOfTheCaller(error, applicationId);
      });
    if (!guard) return send();
    return (await withLedger(row, send, { ...about, dry: isDry(input.query), guard }, engine)) as Output<O>;
  },
  ownerOf: async (application, profileId) => {
    const { promotions, accountId, segment } = engine;
    const { environment } = remotes(application) ?? (await promotions(application)).application;
    return recordsOf({ id: application, environment }, accountId, segment).ownerOf(profileId);
  },
});

/** A key that the hosted account refuses is ours: who called us is told of a server that failed, not of their own key. */
const notOfTheCaller = (error: unknown, applicationId: number): unknown =>
  error instanceof UnauthorizedError && error.upstream
    ? new UpstreamError(`it refuses the key of Application ${applicationId}`, error.upstream, 'retry')
    : error;

const isDry = (query: unknown): boolean => (query as { readonly dry?: unknown }).dry === true;

/** The stage's calls. */
export const openCalls = async (): Promise<Calls & CallsDeps> => {
  const [engine, remotes] = await Promise.all([openEngine(), openRemotes()]);
  return { engine, remotes, ...callsWith({ engine, remotes }) };
};
