import * as z from 'zod';
import { effectProps } from './effects.ts';
import { capital, type JsonSchema, type JsonSchemas, jsonSchemas, ref } from './json-schema.ts';

/** `customEffect` → `CustomEffectProps`: the names of the documents. */
const propsName = (type: string): string => `${capital(type.replace(/Effect$/, ''))}EffectProps`;

const propsSchemas = Object.fromEntries(
  Object.entries(effectProps).map(([type, shape]) => [type, z.looseObject(shape)]),
);

const NEWER = { type: 'object', description: 'of an effect type that is newer than this document' };

/**
 * The schemas of an effect: for each known type one of its properties, and which type has which (`x-effect-props`). The
 * set of types stays open.
 *
 * @param effect the schema of an effect of any type.
 */
export const documentedEffects = (effect: JsonSchema): JsonSchemas => {
  const types = Object.keys(effectProps);
  const { schemas, components } = jsonSchemas(propsSchemas, 'output');
  return {
    ...components,
    ...Object.fromEntries(types.map((type) => [propsName(type), schemas[type] ?? {}])),
    EffectProps: { anyOf: [...types.map((type) => ref(propsName(type))), NEWER] },
    Effect: {
      ...effect,
      properties: {
        ...effect.properties,
        effectType: { ...effect.properties?.effectType, 'x-known-values': types },
        props: ref('EffectProps'),
      },
      'x-effect-props': Object.fromEntries(types.map((type) => [type, ref(propsName(type)).$ref])),
    },
  };
};
