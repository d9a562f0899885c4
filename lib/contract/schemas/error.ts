import * as z from 'zod';

/** Where a fault is; a server names one of the first three. */
export const ErrorSource = z.looseObject({
  pointer: z.string().optional(),
  parameter: z.string().optional(),
  line: z.string().optional(),
  resource: z.string().optional(),
});

/** One fault of a request. */
export const APIError = z.looseObject({ title: z.string(), details: z.string().optional(), source: ErrorSource });

/** The body of an error where the API leaves `StatusCode` out (semantics.md §9). */
export const ErrorResponse = z.looseObject({ message: z.string(), errors: z.array(APIError).optional() });

/** The body of every other error. */
export const ErrorResponseWithStatus = z.looseObject({ ...ErrorResponse.shape, StatusCode: z.int() });
