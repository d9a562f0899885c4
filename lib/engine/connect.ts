import type { Connect } from '../contract/api.ts';
import type { AnyOperation } from '../contract/operation.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { validate } from '../contract/validate.ts';
import type { EngineDeps } from './deps.ts';
import type { EngineOperation } from './operation.ts';
import { perform } from './perform.ts';

/** The engine's operations by the ids of their rows. */
export type EngineOperations<Ids extends OperationId> = {
  readonly [Id in Ids]: EngineOperation<(typeof operations)[Id]>;
};

/**
 * The embedded engine as the Integration API: a method for each given operation. Each validates its request against its
 * row, as the HTTP way does.
 */
export const connectEngine =
  <Ids extends OperationId>(given: EngineOperations<Ids>, deps: EngineDeps): Connect<Ids> =>
  (applicationId) => {
    const methods = Object.entries(given).map(([id, operation]) => {
      const row: AnyOperation = operations[id as Ids];
      const method = async (request: unknown, call: { requestId: string }) =>
        perform(operation as EngineOperation<AnyOperation>, validate(row, request), { ...call, applicationId }, deps);
      return [id, method];
    });
    return Object.fromEntries(methods) as ReturnType<Connect<Ids>>;
  };
