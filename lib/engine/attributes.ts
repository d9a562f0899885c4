import { InvalidRequestError, type Issue } from '../contract/errors.ts';
import { pointer } from '../contract/validate.ts';
import { type Attributes, isTime } from '../contract/wire.ts';
import type { Promotions } from '../promotions/promotions.ts';
import type { AttributeEntity, AttributeType } from '../promotions/snapshot.ts';
import type { StoredAttributes } from './records.ts';

const FITS: Record<AttributeType, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  time: isTime,
  '(list string)': (value) => Array.isArray(value) && value.every((part) => typeof part === 'string'),
  '(list number)': (value) => Array.isArray(value) && value.every((part) => typeof part === 'number'),
  '(list time)': (value) => Array.isArray(value) && value.every(isTime),
};

/**
 * Finds what is wrong with attributes: not declared for the entity, or of another type (semantics.md AT2). As long as
 * an entity has no declared attribute at all, everything is taken (AT3).
 *
 * @param path where the attributes stand in the body, for the pointers.
 */
export const attributeIssues = (
  promotions: Promotions,
  entity: AttributeEntity,
  attributes: Attributes | undefined,
  path: readonly PropertyKey[],
): Issue[] => {
  const declared = promotions.attributes(entity);
  if (!attributes || declared.size === 0) return [];
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    const source = { pointer: pointer([...path, name]) };
    const definition = declared.get(name);
    if (!definition) {
      issues.push({
        title: 'Unknown',
        details: `${entity} has no attribute of this name; declare it to use it`,
        source,
      });
    } else if (value !== null && !FITS[definition.type](value)) {
      issues.push({ title: 'Invalid type', details: `this attribute is declared as ${definition.type}`, source });
    }
  }
  return issues;
};

/** @throws InvalidRequestError when there are issues, naming all of them. */
export const refuse = (issues: readonly Issue[]): void => {
  if (issues.length > 0) throw new InvalidRequestError(issues);
};

/** Attributes merge name by name; `null` removes (v2) — semantics.md AT4, AT5. Lists are replaced whole. */
export const mergeAttributes = (stored: StoredAttributes, sent: Attributes | undefined): StoredAttributes => {
  // A map, not assignments: a name such as __proto__ stays a name.
  const merged = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(sent ?? {})) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
};
