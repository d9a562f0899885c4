import { expect, test } from 'vitest';
import { operations } from '../../lib/contract/operations/table.ts';
import { openApiHandler } from '../../lib/lambda/openapi-handler.ts';

test('GET /openapi.json answers the document of every operation as JSON, and asks for no key', async () => {
  const { statusCode, headers, body = '' } = await openApiHandler()();
  expect({ statusCode, headers }).toEqual({ statusCode: 200, headers: { 'content-type': 'application/json' } });
  for (const id of Object.keys(operations)) expect(body).toContain(`"operationId":"${id}"`);
});

test('the document is made once', async () => {
  const handler = openApiHandler();
  expect(await handler()).toBe(await handler());
});
