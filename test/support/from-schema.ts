import fc from 'fast-check';
import type { JsonSchema, JsonSchemas } from '../../lib/contract/json-schema.ts';

const NAME = fc.constantFrom('Name', 'Tier', 'a', '', '__proto__', 'long'.repeat(20));

const INSTANT = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9998-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const bounded = (low: unknown, high: unknown, most: number): { minLength: number; maxLength: number } => ({
  minLength: Number(low ?? 0),
  maxLength: Math.min(Number(high ?? most), Math.max(most, Number(low ?? 0))),
});

/**
 * Any value that a JSON Schema of the API document accepts, small ones mostly. Of what a schema says the keywords that
 * the document uses are known; another is an error, so that nothing is left out unnoticed.
 */
export const fromSchema = (schema: JsonSchema, components: JsonSchemas): fc.Arbitrary<unknown> => {
  if (schema.$ref) return fromSchema(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, components);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const choices = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (choices) return fc.oneof(...choices.map((each) => fromSchema(each, components)));
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type: string) => fromSchema({ ...schema, type }, components)));
  }
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, items } = schema;
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: Number(minimum ?? -10), max: Math.min(Number(maximum ?? 1000), 2 ** 31) });
    case 'number':
      return fc.double({ min: Number(minimum ?? -1e6), max: Math.min(Number(maximum ?? 1e6), 1e6), noNaN: true });
    case 'string':
      return schema.format === 'date-time'
        ? INSTANT
        : fc.string({ unit: 'grapheme', ...bounded(minLength, maxLength, 12) });
    case 'array':
      return fc.array(fromSchema((items as JsonSchema | undefined) ?? {}, components), bounded(minItems, maxItems, 3));
    case 'object':
      return objectOf(schema, components);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`no values of the type ${schema.type}`);
  }
};

const objectOf = (
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  components: JsonSchemas,
): fc.Arbitrary<unknown> => {
  const known = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, fromSchema(schema, components)]),
  );
  const own = fc.record(known, { requiredKeys: Object.keys(known).filter((name) => required.includes(name)) });
  if (!additionalProperties || Object.keys(properties).length > 0) return own;
  const values =
    additionalProperties === true
      ? fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 2 }), fc.constant(null))
      : fromSchema(additionalProperties as JsonSchema, components);
  return fc.dictionary(NAME, values, { maxKeys: 3 });
};
