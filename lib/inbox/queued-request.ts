import * as z from 'zod';

/**
 * The parts of a request as they stand in a message, to be checked against an operation's row. Left out, there are no
 * parameters and there is no body.
 */
export const queuedRequest = {
  params: z.unknown().default({}),
  query: z.unknown().default({}),
  body: z.unknown().optional(),
};
