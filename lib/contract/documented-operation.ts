import { capital, type JsonSchema, type JsonSchemas, ref, saysSomething } from './json-schema.ts';
import type { AnyOperation } from './operation.ts';

/** A parameter of an operation. */
export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** A body in JSON. */
export interface DocumentedBody {
  readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
}

/** An operation as the document states it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly deprecated?: true;
  readonly 'x-replaced-by'?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly DocumentedParameter[];
  readonly requestBody?: DocumentedBody & { readonly required: boolean };
  readonly responses: Readonly<Record<string, Partial<DocumentedBody> & { readonly description: string }>>;
  readonly 'x-seeds': readonly string[];
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Created',
  204: 'Done; the answer is empty',
  400: 'The request is refused; every fault is named with its place',
  401: 'No usable credentials',
  404: 'What the request names is not there',
  409: 'Parallel updates of the same session or profile outlasted the retries',
  413: 'The body, or what it asks to store, is too large',
  415: 'The body is not announced as JSON',
};

const json = (schema: JsonSchema): DocumentedBody => ({ content: { 'application/json': { schema } } });

/** The name of a row's request body where the contract gives it none. */
export const requestName = (id: string): string => `${capital(id)}Request`;

const errorSchema = (row: AnyOperation, status: number): JsonSchema =>
  ref(status === 400 && !row.statusCodeOn400 ? 'ErrorResponse' : 'ErrorResponseWithStatus');

const parameters = (place: 'path' | 'query', { properties = {}, required = [] }: JsonSchema): DocumentedParameter[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, in: place, required: required.includes(name), schema }));

const described = (status: number): { description: string } => {
  const description = DESCRIPTIONS[status];
  if (description === undefined) throw new Error(`No description of the status ${status}`);
  return { description };
};

/** Whether a caller may be answered nothing, at will or always. */
const canBeEmpty = ({ success }: AnyOperation): boolean => success.body.safeParse(undefined).success;

/**
 * What the document says of a row.
 *
 * @param request the schemas of `params`, `query` and `body`.
 * @param answer the schema of the success answer.
 */
export const documentedOperation = (
  row: AnyOperation,
  request: JsonSchemas,
  answer: JsonSchema | undefined,
): DocumentedOperation => ({
  operationId: row.id,
  summary: row.summary,
  ...(row.replacedBy !== undefined && { deprecated: true, 'x-replaced-by': row.replacedBy }),
  tags: [row.path.split('/')[2] ?? ''],
  security: row.auth.map((scheme) => ({ [scheme]: [] })),
  parameters: [...parameters('path', request.params ?? {}), ...parameters('query', request.query ?? {})],
  ...(saysSomething(request.body) && {
    requestBody: {
      required: !row.body.safeParse(undefined).success,
      ...json(request.body.$ref ? request.body : ref(requestName(row.id))),
    },
  }),
  responses: {
    [row.success.status]: { ...described(row.success.status), ...(saysSomething(answer) && json(answer)) },
    ...(canBeEmpty(row) && { 204: described(204) }),
    ...Object.fromEntries(
      row.errors.map((status) => [status, { ...described(status), ...json(errorSchema(row, status)) }]),
    ),
  },
  'x-seeds': row.seeds,
});
