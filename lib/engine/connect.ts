import type { Call, Connect } from '../contract/api.ts';
import type { AnyOperation, Input, Output } from '../contract/operation.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { validate } from '../contract/validate.ts';
import type { EngineCall, EngineDeps } from './deps.ts';
import type { EngineOperation } from './operation.ts';
import { perform } from './perform.ts';

/** The engine's operations by the ids of their rows. */
export type EngineOperations<Ids extends OperationId> = {
  readonly [Id in Ids]: EngineOperation<(typeof operations)[Id]>;
};

/** Makes one call of a row. */
export type MakeCall = <O extends AnyOperation>(
  row: O,
  operation: EngineOperation<O>,
  input: Input<O>,
  call: EngineCall,
) => Promise<Output<O>>;

/** The Integration API: a method for each given operation. Each validates its request against its row, as the HTTP way does. */
export const connectWith =
  <Ids extends OperationId>(given: EngineOperations<Ids>, make: MakeCall): Connect<Ids> =>
  (applicationId) => {
    const methods = Object.entries(given).map(([id, operation]) => {
      const row: AnyOperation = operations[id as Ids];
      const method = async (request: unknown, call: Call) =>
        make(row, operation as EngineOperation<AnyOperation>, validate(row, request), { ...call, applicationId });
      return [id, method];
    });
    return Object.fromEntries(methods) as ReturnType<Connect<Ids>>;
  };

/** The embedded engine as the Integration API. */
export const connectEngine = <Ids extends OperationId>(given: EngineOperations<Ids>, deps: EngineDeps): Connect<Ids> =>
  connectWith(given, (row, operation, input, call) => perform(row, operation, input, call, deps));
