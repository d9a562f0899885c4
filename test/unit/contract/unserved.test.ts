import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  errorBody,
  MethodNotAllowedError,
  NotImplementedError,
  UNKNOWN_PATH,
  UnknownPathError,
} from '../../../lib/contract/errors.ts';
import { newerOperations } from '../../../lib/contract/newer-operations.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { unserved } from '../../../lib/contract/unserved.ts';
import { testEngine } from '../../support/engine.ts';

const rows: readonly AnyOperation[] = Object.values(operations);

/** The path of a template, with these ids in turn. */
const filled = (template: string, id: () => string): string => template.replaceAll(/\{\w+\}/g, id);

const place = ({ method, path }: { method: string; path: string }): string => `${method} ${filled(path, () => '{}')}`;

describe('a newer operation', () => {
  test.each(newerOperations)('$id is answered by its name with 501, and what serves in its place', (newer) => {
    const error = unserved(
      newer.method,
      filled(newer.path, () => 'Zoë 50%'),
    );
    expect(error).toBeInstanceOf(NotImplementedError);
    expect(error.message).toContain(`${newer.method} ${newer.path} (${newer.id})`);
    const { alternative } = newer;
    if (!alternative) return expect(error.message).toMatch(/nothing serves in its place yet$/);
    const row = operations[alternative.operation];
    expect(error.message).toContain(`${row.method} ${row.path} (${row.id}) ${alternative.how}`);
  });

  test('is listed once, is none that is served, and is not hidden by one that is', () => {
    const newer = newerOperations.map(place);
    expect(new Set(newer).size).toBe(newer.length);
    expect(new Set(newerOperations.map(({ id }) => id)).size).toBe(newer.length);
    expect(newer.filter((each) => rows.map(place).includes(each))).toEqual([]);
    expect(newerOperations.filter(({ id }) => id in operations)).toEqual([]);
  });

  test('tells whom it sends elsewhere the truth: an empty update reads an open session and leaves it as it is', async () => {
    const engine = testEngine();
    const cart = {
      profileId: 'ann',
      couponCodes: ['SUMMER'],
      cartItems: [{ name: 'Pot', sku: 'p', quantity: 2, price: 30 }],
    };
    const written = await engine.session('s', cart);
    const read = await engine.session('s', {});
    expect(read.effects).toEqual(written.effects);
    const { updated: _, ...content } = written.customerSession ?? {};
    expect(read.customerSession).toMatchObject(content);
  });

  test('and a closed session is cancelled as a whole, and never open again', async () => {
    const engine = testEngine();
    await engine.session('s', { state: 'closed' });
    await expect(engine.session('s', { state: 'open' })).rejects.toThrow('from state "closed"');
    const cancelled = await engine.session('s', { state: 'cancelled' });
    expect(cancelled.customerSession?.state).toBe('cancelled');
  });
});

describe('a path that has operations', () => {
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'DELETE', 'TRACE'];
  const templates = [...new Set(rows.map(({ path }) => path))];

  test.each(templates)('%s names its methods to whoever comes with another one', (path) => {
    const served = rows.filter((row) => row.path === path).map(({ method }) => method);
    for (const method of methods) {
      const error = unserved(
        method,
        filled(path, () => 'a%2Fb'),
      );
      const isNewer = newerOperations.some((newer) => place(newer) === place({ method, path }));
      if (isNewer) expect(error).toBeInstanceOf(NotImplementedError);
      else if (served.includes(method as 'GET')) expect(error).toBeInstanceOf(UnknownPathError);
      else expect(error).toMatchObject({ status: 405, allowed: served });
    }
  });

  test('is not meant by one with an empty id, a slash too many or other letters', () => {
    for (const path of [
      '/v1/customer_data/',
      '/v1/customer_data/ann/',
      '//v1/customer_data/ann',
      '/V1/customer_data/ann',
      '/v1/customer_data',
      '/v1/customer_data/a/b',
      'v1/customer_data/ann',
      '',
    ])
      expect(unserved('GET', path), path).toBeInstanceOf(UnknownPathError);
  });
});

const parts = fc.array(fc.oneof(fc.string(), fc.constantFrom('v1', 'v2', 'events', '', '..', '{}', '__proto__')));
const templates = fc.constantFrom(...rows, ...newerOperations).map(({ path }) => path);
const id = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 })).map(encodeURIComponent);
const paths = fc.oneof(
  fc.string(),
  parts.map((each) => `/${each.join('/')}`),
  fc
    .tuple(templates, fc.infiniteStream(id.filter((each) => each !== '')))
    .map(([template, ids]) => filled(template, () => ids.next().value)),
);
const methods = fc.oneof(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'), fc.string());

test('any method of any path is refused with 404, 405 or 501 in the form of the API, and a 405 names another method', () => {
  fc.assert(
    fc.property(methods, paths, (method, path) => {
      const error = unserved(method, path);
      const body = errorBody(error, true);
      expect(body).toMatchObject({ message: expect.stringMatching(/^[A-Z].+[^.]$/), StatusCode: error.status });
      if (error instanceof UnknownPathError) expect(body.errors?.[0]?.title).toBe(UNKNOWN_PATH);
      else if (error instanceof MethodNotAllowedError) {
        expect(error.allowed).not.toEqual([]);
        expect(error.allowed).not.toContain(method);
      } else expect(error).toBeInstanceOf(NotImplementedError);
    }),
  );
});

test('a path that is served with another method is never unknown', () => {
  const served = fc.constantFrom(...rows);
  fc.assert(
    fc.property(served, methods, fc.infiniteStream(id), (row, method, ids) => {
      const path = filled(row.path, () => ids.next().value);
      const has = rows.some((each) => each.path === row.path && each.method === method);
      if (!has) expect(unserved(method, path)).not.toBeInstanceOf(UnknownPathError);
    }),
  );
});
