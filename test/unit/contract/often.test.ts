import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readOften } from '../../../lib/contract/often.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { GOOD_REQUESTS } from '../../support/requests.ts';

const schemaOf = ({ params, query, body }: AnyOperation) => z.object({ params, query, body });

/** A reader that has been used so often that its schema is compiled. */
const busy = (schema: z.ZodType) => {
  const read = readOften(schema);
  for (let use = 0; use < 1000; use += 1) read(undefined);
  return read;
};

const told = ({ data, error }: z.ZodSafeParseResult<unknown>) => ({ data, issues: error?.issues });

const rows: readonly (readonly [string, AnyOperation])[] = Object.entries(operations);

describe.each(rows)('%s, asked so often that its schema is compiled', (id, row) => {
  const schema = schemaOf(row);
  const read = busy(schema);
  const good = GOOD_REQUESTS[id as keyof typeof GOOD_REQUESTS] as Readonly<Record<string, unknown>>;

  test('takes what it took, and reads the same out of it', () => {
    expect(read(good).success).toBe(true);
    expect(told(read(good))).toEqual(told(schema.safeParse(good)));
  });

  test('refuses what it refused, with the same words', () => {
    fc.assert(
      fc.property(fc.constantFrom('params', 'query', 'body'), fc.jsonValue(), (part, value) => {
        const request = { ...good, [part]: value };
        expect(told(read(request))).toEqual(told(schema.safeParse(request)));
      }),
      { numRuns: 50 },
    );
  });

  test('can be compiled as a whole', () => {
    expect(() => z.compile(schema, { strict: true })).not.toThrow();
  });
});
