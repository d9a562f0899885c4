import { UnauthorizedError, UpstreamError } from '../contract/errors.ts';
import type { AnyOperation, Input, Output, Request } from '../contract/operation.ts';
import { suppressibleProfiles, withoutSuppressed } from '../contract/suppressed-input.ts';
import type { EngineCall, EngineDeps } from '../engine/deps.ts';
import type { EngineOperation } from '../engine/operation.ts';
import { perform } from '../engine/perform.ts';
import { recordsOf } from '../engine/records.ts';
import { historyLease, type Leased } from '../inbox/lease.ts';
import { withLedger } from '../inbox/ledger.ts';
import { namesIn } from '../inbox/names.ts';
import type { Environment } from '../privacy/person.ts';
import { suppressedOf } from '../privacy/suppression.ts';
import { openEngine } from './engine.ts';
import { environmentsOf } from './environment-of.ts';
import { openRemotes, type RemoteApplication, type Remotes } from './remotes.ts';

/** Who calls, what rides along, and until when. */
export interface TimedCall extends EngineCall {
  /** When another server must have answered; the embedded engine does not wait for anybody. */
  readonly deadline?: Date | undefined;
}

/**
 * Makes a call of an Application, whoever answers for it: the embedded engine or a hosted account. Who makes the call
 * cannot tell. Who of those whom it names is suppressed is read right before it is made, also before it is repeated: it is
 * refused or made without them, as its row says (design.md decision 18).
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
  /** Whether a hosted account answers for the Application. */
  isHosted(application: number): boolean;
  /** The owner text of a profile's records: what erasure finds them by. */
  ownerOf(application: number, profileId: string): Promise<string | undefined>;
  /** The environment of an Application. @throws UnknownApplicationError (rejects) when nothing knows it. */
  environmentOf(application: number): Promise<Environment>;
}

/** What calls are made with. */
export interface CallsDeps {
  readonly engine: EngineDeps;
  readonly remotes: Remotes;
}

/** Calls that go to the engine, or to a hosted account where there is one for the Application. */
export const callsWith = ({ engine, remotes }: CallsDeps): Calls => {
  const environmentOf = environmentsOf({ engine, remotes });
  return {
    make: async <O extends AnyOperation>(
      row: O,
      operation: EngineOperation<O>,
      input: Input<O>,
      { guard, decidedOn, deadline, ...about }: TimedCall,
    ): Promise<Output<O>> => {
      const { applicationId, requestId } = about;
      const remote = remotes(applicationId);
      if (!remote) return perform(row, operation, input, { ...about, ...(guard && { guard }) }, engine);
      const allowed = await allowedAt(remote, row, input, engine);
      if (allowed !== input) about.withoutPerson?.();
      const call = await remote.caller();
      // What was read from a request is a request itself, with its defaults said.
      const request = allowed as unknown as Request<O>;
      const send = () =>
        call(row, request, { requestId, ...(deadline && { deadline }) }).catch((error: unknown) => {
          throw notOfTheCaller(error, applicationId);
        });
      if (!guard) return send();
      const leased = [...leasedBy(row, allowed), ...(decidedOn === undefined ? [] : [historyLease(decidedOn)])];
      const sent = { applicationId, requestId, dry: isDry(input.query), guard, about: leased };
      return (await withLedger(row, send, sent, engine)) as Output<O>;
    },
    isHosted: (application) => remotes(application) !== undefined,
    ownerOf: async (application, profileId) => {
      const { accountId, segment } = engine;
      const environment = await environmentOf(application);
      return recordsOf({ id: application, environment }, accountId, segment).ownerOf(profileId);
    },
    environmentOf,
  };
};

/** The engine looks up who is suppressed in the round trip that it makes anyway; for a hosted account it is one of its own. */
const allowedAt = async <O extends AnyOperation>(
  { environment }: RemoteApplication,
  row: O,
  input: Input<O>,
  engine: EngineDeps,
): Promise<Input<O>> => {
  const suppressed = await suppressedOf(environment, suppressibleProfiles(row, input), engine);
  return withoutSuppressed(row, input, (profile) => suppressed.has(profile));
};

/** A key that the hosted account refuses is ours: who called us is told of a server that failed, not of their own key. */
const notOfTheCaller = (error: unknown, applicationId: number): unknown =>
  error instanceof UnauthorizedError && error.upstream
    ? new UpstreamError(`it refuses the key of Application ${applicationId}`, error.upstream, 'retry')
    : error;

/** What a call moves: its session, else its profile. */
const leasedBy = (row: AnyOperation, input: unknown): Leased[] => {
  const { session, profile } = namesIn(row, input);
  if (session !== undefined) return [{ thing: 'session', id: session }];
  return profile === undefined ? [] : [{ thing: 'profile', id: profile }];
};

const isDry = (query: unknown): boolean => (query as { readonly dry?: unknown }).dry === true;

/** The stage's calls. */
export const openCalls = async (): Promise<Calls & CallsDeps> => {
  const [engine, remotes] = await Promise.all([openEngine(), openRemotes()]);
  return { engine, remotes, ...callsWith({ engine, remotes }) };
};
