import type { Effect } from './effects.ts';
import type { AnyOperation, Output, Request } from './operation.ts';
import type { OperationId, operations } from './operations/table.ts';

/**
 * Changes of the caller's own that an embedded engine writes in the same atomic write as the call's: marks, ledgers, the
 * outbox. Called with the effects to publish, and by a remote implementation with none before, to learn what the changes
 * will demand: so it only says them. What it returns is opaque here (the store's changes).
 */
export type Guard = (published: readonly Effect[]) => readonly object[];

/** What goes with a call beside its input. */
export interface Call {
  /** Names this call in every log line. */
  readonly requestId: string;
  /** Absent: the caller reads the effects in the answer, and nothing is published. */
  readonly guard?: Guard;
  /**
   * Names what the caller decided the call on. At a server that cannot write the guard's changes with its own, of the calls
   * that were decided on the same only one is under way at a time.
   */
  readonly decidedOn?: string;
}

type Method<O extends AnyOperation> = (request: Request<O>, call: Call) => Promise<Output<O>>;

/**
 * The API as TypeScript: a method for every row of the table. The remote client and the embedded engine both are it.
 *
 * Every method throws an `ApiError` for what the API would answer with an error status.
 */
export type IntegrationApi = { readonly [Id in OperationId]: Method<(typeof operations)[Id]> };

/** Gives the API of one Application. */
export type Connect<Ids extends OperationId = OperationId> = (applicationId: number) => Pick<IntegrationApi, Ids>;
