import type { AnyOperation, Input, Output, Request } from '../contract/operation.ts';
import type { EngineCall, EngineDeps } from '../engine/deps.ts';
import type { EngineOperation } from '../engine/operation.ts';
import { perform } from '../engine/perform.ts';
import { recordsOf } from '../engine/records.ts';
import { withLedger } from '../inbox/ledger.ts';
import { openEngine } from './engine.ts';
import { openRemotes, type Remotes } from './remotes.ts';

/**
 * Makes a call of an Application, whoever answers for it: the embedded engine or a hosted account. Who makes the call
 * cannot tell.
 *
 * @throws what the operation throws, from either side.
 */
export interface Calls {
  make<O extends AnyOperation>(
    row: O,
    operation: EngineOperation<O>,
    input: Input<O>,
    call: EngineCall,
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
    { guard, ...call }: EngineCall,
  ): Promise<Output<O>> => {
    const remote = await remotes(call.applicationId);
    if (!remote) return perform(operation, input, { ...call, ...(guard && { guard }) }, engine);
    // What was read from a request is a request itself, with its defaults said.
    const { requestId, deadline } = call;
    const send = () => remote.call(row, input as unknown as Request<O>, { requestId, ...(deadline && { deadline }) });
    return guard ? ((await withLedger(row, send, { ...call, guard }, engine)) as Output<O>) : send();
  },
  ownerOf: async (application, profileId) => {
    const remote = await remotes(application);
    const { promotions, accountId, segment } = engine;
    const { environment } = remote ?? (await promotions(application)).application;
    return recordsOf({ id: application, environment }, accountId, segment).ownerOf(profileId);
  },
});

/** The stage's calls. */
export const openCalls = async (): Promise<Calls & CallsDeps> => {
  const [engine, remotes] = await Promise.all([openEngine(), openRemotes()]);
  return { engine, remotes, ...callsWith({ engine, remotes }) };
};
