import * as z from 'zod';
import { documentedEffects } from './documented-effects.ts';
import { type DocumentedOperation, documentedOperation, requestName } from './documented-operation.ts';
import { type JsonSchema, type JsonSchemas, jsonSchemas, saysSomething } from './json-schema.ts';
import type { AnyOperation, Auth } from './operation.ts';
import { ErrorResponse, ErrorResponseWithStatus } from './schemas/error.ts';

/** What the document says of itself. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  /** @default the server that the document was read from. */
  readonly serverUrl?: string;
}

/** Operations by path and method, which is in small letters. */
export type Paths = Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;

/** An OpenAPI 3.1 document of the API. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly paths: Paths;
  readonly components: { readonly schemas: JsonSchemas; readonly securitySchemes: Readonly<Record<Auth, object>> };
}

const SECURITY = {
  apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`ApiKey-v1 <key>`' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Content-Signature',
    description:
      '`signer=<applicationId>; signature=<hex>`: HMAC-MD5 over the bytes of the body, with the hex-decoded key',
  },
  bearer: { type: 'http', scheme: 'bearer' },
} as const satisfies Record<Auth, object>;

/** Both sides of the API name their schemas in one list; a name that meant two things would hide one of them. */
const merged = (...lists: readonly JsonSchemas[]): JsonSchemas => {
  const all: Record<string, JsonSchema> = {};
  for (const [name, schema] of lists.flatMap((list) => Object.entries(list))) {
    const known = all[name];
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`Two schemas are named ${name}`);
    all[name] = schema;
  }
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
};

const byId = <T>(rows: readonly AnyOperation[], of: (row: AnyOperation) => T): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [row.id, of(row)]));

/**
 * The document of some rows, all of it derived from them. Schemas of requests say what may be sent, schemas of answers
 * what is answered.
 */
export const openApiDocument = (rows: readonly AnyOperation[], info: DocumentInfo): OpenApiDocument => {
  const requests = jsonSchemas(
    byId(rows, ({ params, query, body }) => z.object({ params, query, body })),
    'input',
  );
  const answers = jsonSchemas(
    byId(rows, ({ success }) => success.body),
    'output',
  );
  const errors = jsonSchemas({ ErrorResponse, ErrorResponseWithStatus }, 'output');
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  const bodies: Record<string, JsonSchema> = {};
  for (const row of rows) {
    const request = requests.schemas[row.id]?.properties ?? {};
    if (saysSomething(request.body) && !request.body.$ref) bodies[requestName(row.id)] = request.body;
    const method = { [row.method.toLowerCase()]: documentedOperation(row, request, answers.schemas[row.id]) };
    paths[row.path] = { ...paths[row.path], ...method };
  }
  const { Effect, ...components } = answers.components;
  const effects = Effect ? documentedEffects(Effect) : {};
  return {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version },
    ...(info.serverUrl !== undefined && { servers: [{ url: info.serverUrl }] }),
    paths,
    components: {
      schemas: merged(requests.components, components, effects, errors.components, bodies),
      securitySchemes: SECURITY,
    },
  };
};
