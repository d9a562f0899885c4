import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What reading and writing share: where the table is, the clock, how to wait, whom to tell of capacity units. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly now: () => Date;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** Part of every request: asks for its capacity units if somebody wants to know. */
  readonly report: { readonly ReturnConsumedCapacity?: 'TOTAL' };
  readonly consumed: (
    operation: string,
    kind: 'read' | 'write',
    capacity: ConsumedCapacity | ConsumedCapacity[] | undefined,
  ) => void;
}

/** Tries of a request that meets conflicts, throttling or unread keys; the pauses add up to half a second or so. */
export const TRIES = 6;

/** Full jitter: writers that met once do not meet again at the same moment. */
export const backoffMs = (tries: number): number => Math.random() * 20 * 2 ** tries;
