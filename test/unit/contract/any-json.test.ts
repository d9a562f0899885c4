import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { validate } from '../../../lib/contract/validate.ts';
import { GOOD_REQUESTS } from '../../support/requests.ts';

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

const HOSTILE: unknown[] = [
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  '\ud800',
  '\udfff\ud800',
  '\u0000',
  // What 1e999 reads as.
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e308,
  5e-324,
  -0,
  2 ** 53,
  deep(1000),
  Array.from({ length: 1001 }, () => ({ name: 'a', sku: 'b', quantity: 1, price: 1 })),
  Array.from({ length: 1001 }, () => 'x'),
  'x'.repeat(100_000),
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:60-23:59',
  'partially_returned',
  'talon_x',
  null,
  undefined,
  '',
  [],
  {},
  [null],
  { length: 1e9 },
  { toString: 1, valueOf: 2 },
  Object.create(null),
];

const anything = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
  {
    weight: 1,
    arbitrary: fc.object({ key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'attributes', 'state')) }),
  },
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
);

/** Every place of a value, as a path. */
const placesOf = (value: unknown, path: readonly string[] = []): (readonly string[])[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, part]) => placesOf(part, [...path, name]))
    : []),
];

const withAt = (value: unknown, [name, ...rest]: readonly string[], replacement: unknown): unknown => {
  if (name === undefined) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((part, index) => (String(index) === name ? withAt(part, rest, replacement) : part));
  return { ...(value as object), [name]: withAt((value as Record<string, unknown>)[name], rest, replacement) };
};

/** What is accepted can be stored: JSON loses nothing of it. */
const expectStorable = (value: unknown): void => {
  if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) expectStorable(part);
};

/** Either the request is accepted or every fault has a place: nothing else ever happens. */
const expectAnswer = (row: AnyOperation, request: unknown) => {
  try {
    const input = validate(row, request);
    row.names(input);
    expectStorable(input);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const issues = error.issues ?? [];
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.length).toBeLessThanOrEqual(100);
    for (const { title, details, source } of issues) {
      expect(title).toMatch(/^[A-Za-z ]+$/);
      expect(details).toMatch(/./);
      const [kind, place] = Object.entries(source)[0] ?? [];
      if (kind === 'parameter') expect(place).toMatch(/./);
      else expect(place).toMatch(/^$|^\//);
    }
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
};

describe.each(Object.entries(operations))('%s', (id, operation) => {
  const row: AnyOperation = operation;
  const good = GOOD_REQUESTS[id as keyof typeof operations];

  test('accepts a good request', () => {
    expect(() => validate(row, good)).not.toThrow();
  });

  test('answers anything at all with an input or with its faults', () => {
    fc.assert(fc.property(anything, (request) => expectAnswer(row, request)));
    fc.assert(
      fc.property(anything, anything, anything, (params, query, body) => expectAnswer(row, { params, query, body })),
      { numRuns: 300 },
    );
  });

  test('answers a good request with anything at any place of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...placesOf(good)), anything, (place, value) =>
        expectAnswer(row, withAt(good, place, value)),
      ),
      { numRuns: 500 },
    );
  });

  test('answers a good request with anything beside what is known', () => {
    fc.assert(
      fc.property(fc.constantFrom(...placesOf(good)), fc.string(), anything, (place, name, value) =>
        expectAnswer(row, withAt(good, [...place, name], value)),
      ),
      { numRuns: 200 },
    );
  });
});
