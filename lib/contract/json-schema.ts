import * as z from 'zod';
import * as effects from './effects.ts';
import * as profiles from './operations/profiles.ts';
import * as sessions from './operations/sessions.ts';
import * as campaign from './schemas/campaign.ts';
import * as codes from './schemas/codes.ts';
import * as error from './schemas/error.ts';
import * as event from './schemas/event.ts';
import * as inventory from './schemas/inventory.ts';
import * as loyalty from './schemas/loyalty.ts';
import * as profile from './schemas/profile.ts';
import * as session from './schemas/session.ts';
import * as state from './schemas/state.ts';

/** A JSON Schema, as an API document holds it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** Schemas by name. */
export type JsonSchemas = Readonly<Record<string, JsonSchema>>;

/** `trackEvent` → `TrackEvent`: names of schemas begin with a capital. */
export const capital = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);

/** Refers to a named schema. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** A schema's name in the document is the name under which its module exports it. */
const MODULES = [
  effects,
  profiles,
  sessions,
  campaign,
  codes,
  error,
  event,
  inventory,
  loyalty,
  profile,
  session,
  state,
];

const isName = (name: string): boolean => /^[A-Z]/.test(name);

const names = z.registry<{ id: string }>();
for (const [id, value] of MODULES.flatMap((module) => Object.entries<unknown>(module))) {
  if (isName(id) && value instanceof z.ZodType) names.add(value, { id });
}

const SAFE = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** Takes out what only zod needs to know, and puts in what only the schema's metadata says. */
const override = ({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) => {
  const { documented, ...more } = z.globalRegistry.get(zodSchema as z.ZodType) ?? {};
  if (documented) for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
  Object.assign(jsonSchema, documented, more);
  delete jsonSchema.id;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === SAFE[0]) delete jsonSchema.minimum;
  if (jsonSchema.maximum === SAFE[1]) delete jsonSchema.maximum;
  if (Object.keys(jsonSchema.propertyNames ?? {}).join() === 'type') delete jsonSchema.propertyNames;
};

/** Schemas and the named ones that they refer to, each by name. */
export interface Converted {
  readonly schemas: JsonSchemas;
  readonly components: JsonSchemas;
}

/**
 * JSON Schemas of zod schemas, by the same keys. Named schemas stand among the components and are referred to.
 *
 * @param io the side: `input` is what a caller may send, `output` is what an answer holds.
 */
export const jsonSchemas = (schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Converted => {
  const { properties, $defs } = z.toJSONSchema(z.object(schemas), {
    io,
    metadata: names,
    override,
    // A check in code says nothing here, unless its metadata does.
    unrepresentable: 'any',
  });
  const text = JSON.stringify({ schemas: properties ?? {}, components: $defs ?? {} });
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'));
};

/** Whether a schema says anything at all. */
export const saysSomething = (schema: JsonSchema | undefined): schema is JsonSchema =>
  schema !== undefined && Object.keys(schema).length > 0;
