import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { errorBody, InvalidRequestError, NotFoundError } from '../../../lib/contract/errors.ts';
import { openApiDocument } from '../../../lib/contract/openapi.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { ErrorResponse, ErrorResponseWithStatus } from '../../../lib/contract/schemas/error.ts';

const rows: readonly AnyOperation[] = Object.values(operations);
const info = { title: 'API', version: '1' };
const document = openApiDocument(rows, info);
const { schemas } = document.components;

test('the document is valid OpenAPI 3.1 by its published schema, and every reference leads somewhere', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document) as unknown as Record<string, unknown>)).toEqual({
    valid: true,
  });
  expect(validator.version).toBe('3.1');
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(references.filter((name) => !(name && name in schemas))).toEqual([]);
  expect(Object.keys(schemas).filter((name) => !references.includes(name))).toEqual([]);
});

test('a document of no rows, and one that names its server, are valid too', async () => {
  for (const other of [openApiDocument([], info), openApiDocument(rows, { ...info, serverUrl: 'https://api.test' })]) {
    expect((await new Validator().validate(structuredClone(other) as never)).valid).toBe(true);
  }
});

test('every row is in it once, and nothing else is', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(rows.map(({ id, method, path }) => `${id}: ${method} ${path}`).sort());
});

test('two rows with one path share it', () => {
  const [first] = rows;
  const both = [first, { ...first, id: 'other', method: 'GET' }] as AnyOperation[];
  expect(Object.values(openApiDocument(both, info).paths).map(Object.keys)).toEqual([['put', 'get']]);
});

describe.each(rows)('$id', (row) => {
  const documented = document.paths[row.path]?.[row.method.toLowerCase()];

  test('answers with its success and its errors, each with a body unless it is empty', () => {
    const canBeEmpty = row.success.body.safeParse(undefined).success;
    const statuses = new Set([row.success.status, ...(canBeEmpty ? [204] : []), ...row.errors].map(String));
    expect(Object.keys(documented?.responses ?? {}).sort()).toEqual([...statuses].sort());
    for (const [status, { content }] of Object.entries(documented?.responses ?? {})) {
      expect(content === undefined, status).toBe(status === '204');
    }
  });

  test('says which error has a StatusCode', () => {
    const body = documented?.responses[400]?.content?.['application/json'].schema.$ref;
    expect(body?.endsWith('/ErrorResponseWithStatus')).toBe(row.statusCodeOn400);
  });

  test('takes its ways to prove who calls, and says which documents have it', () => {
    expect(documented?.security.flatMap(Object.keys)).toEqual(row.auth);
    expect(documented?.['x-seeds']).toEqual(row.seeds);
  });
});

test('a body that says nothing is not asked for', () => {
  expect(document.paths['/v1/customer_data/{integrationId}']?.delete).not.toHaveProperty('requestBody');
});

test('an error’s body is what the document says', () => {
  const faults = [
    { title: 'required', source: { pointer: '/type' } },
    { title: 'enum', details: 'no', source: { parameter: 'dry' } },
  ];
  for (const error of [new InvalidRequestError(faults), new NotFoundError('There is no such thing')]) {
    expect(ErrorResponse.parse(errorBody(error, false))).toEqual(errorBody(error, false));
    expect(ErrorResponseWithStatus.parse(errorBody(error, true))).toEqual(errorBody(error, true));
  }
});

describe('what only the contract’s own types know', () => {
  const { NewCustomerSessionV2, CreateReferralRequest, Event } = schemas;

  test('attributes are an object of anything', () => {
    expect(NewCustomerSessionV2?.properties?.attributes).toEqual({
      type: ['object', 'null'],
      additionalProperties: true,
    });
    expect(Event?.properties?.attributes).toEqual({ type: 'object', additionalProperties: {} });
  });

  test('a time is a date-time, in and out', () => {
    expect(CreateReferralRequest?.properties?.startDate).toEqual({ type: ['string', 'null'], format: 'date-time' });
    expect(Event?.properties?.created).toEqual({ type: 'string', format: 'date-time' });
  });

  test('a flag is a boolean with a default', () => {
    const dry = document.paths['/v1/events']?.post?.parameters.find(({ name }) => name === 'dry');
    expect(dry).toEqual({ name: 'dry', in: 'query', required: false, schema: { type: 'boolean', default: false } });
  });
});

test('a model stands once, under its name', () => {
  const inlined = (part: unknown): number =>
    typeof part === 'object' && part !== null
      ? Number(Object.keys((part as { properties?: object }).properties ?? {}).length > 3) +
        Object.values(part).reduce((sum: number, inner) => sum + inlined(inner), 0)
      : 0;
  expect(inlined(document.paths)).toBe(0);
  for (const [name, { properties }] of Object.entries(schemas)) expect(inlined(properties ?? {}), name).toBe(0);
});
