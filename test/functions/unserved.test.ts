import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unservedHandler } from '../../lib/lambda/unserved-handler.ts';
import { context, keptLog } from './fakes.ts';

const setUp = () => {
  const { lines, log } = keptLog();
  return { lines, handler: unservedHandler(log) };
};

/** A request that came to the route for all others. */
const request = (method: string, rawPath: string) => ({ rawPath, requestContext: { http: { method } } });

test('a newer operation is answered with 501 and the name of what serves in its place, and asks for no key', async () => {
  const { statusCode, headers, body = '' } = await setUp().handler(request('POST', '/v2/events'));
  expect({ statusCode, headers }).toEqual({ statusCode: 501, headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(body)).toEqual({
    message: expect.stringContaining('POST /v1/events (trackEvent)'),
    StatusCode: 501,
  });
});

test('a method that a path does not have is answered with 405, and Allow names those that it has', async () => {
  const { statusCode, headers } = await setUp().handler(request('DELETE', '/v1/events'));
  expect({ statusCode, headers }).toEqual({
    statusCode: 405,
    headers: { 'content-type': 'application/json', allow: 'POST' },
  });
});

test('all else is answered with 404, which says where the paths are listed and nothing of what was asked', async () => {
  const { statusCode, headers, body = '' } = await setUp().handler(request('GET', '/ann@example.com'));
  expect({ statusCode, headers }).toEqual({ statusCode: 404, headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(body)).toMatchObject({ message: expect.stringContaining('GET /openapi.json'), StatusCode: 404 });
  expect(body).not.toContain('ann');
});

test('a refusal is logged without its path, which may name a person', async () => {
  const { lines, handler } = setUp();
  await handler(request('GET', '/ann@example.com'), context());
  expect(lines).toEqual([
    {
      level: 'info',
      message: 'request',
      requestId: 'request-1',
      status: 404,
      outcome: 'refused',
      reason: 'UnknownPathError',
    },
  ]);
});

test('whatever the event, it is answered with 404, 405 or 501, and never fails', async () => {
  const { handler } = setUp();
  const value = fc.oneof(fc.jsonValue(), fc.constant(undefined));
  const event = fc.oneof(
    value,
    fc.record({ rawPath: value, requestContext: fc.oneof(value, fc.record({ http: value })) }, { requiredKeys: [] }),
    fc.tuple(fc.string(), fc.string()).map(([method, path]) => request(method, path)),
  );
  await fc.assert(
    fc.asyncProperty(event, async (each) => {
      const { statusCode, body = '' } = await handler(each);
      expect([404, 405, 501]).toContain(statusCode);
      expect(JSON.parse(body)).toMatchObject({ message: expect.any(String), StatusCode: statusCode });
    }),
  );
});
