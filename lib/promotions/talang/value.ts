import { type Decimal, ZERO } from '../../contract/decimal.ts';

/** What an expression evaluates to (talang.md §2). Values are never changed, only made. */
export type Value = Decimal | string | boolean | Date | null | readonly Value[] | ValueMap;

/** A map: a `Map`, or an object of which only its own keys count. */
export type ValueMap = ReadonlyMap<string, Value> | { readonly [name: string]: Value };

/** The kind of a value. `Any`: not known before evaluation. */
export type Kind = keyof ValueOfKind | 'Any';

/** Which values a kind has. */
export interface ValueOfKind {
  Decimal: Decimal;
  String: string;
  Boolean: boolean;
  Time: Date;
  Null: null;
  List: readonly Value[];
  Map: ValueMap;
}

/** A kind as people call it. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  Decimal: 'a number',
  String: 'text',
  Boolean: 'true or false',
  Time: 'a time',
  Null: 'nothing',
  List: 'a list',
  Map: 'a map',
  Any: 'anything',
};

/** An expression cannot be evaluated: its rule fails unless a `catch` stands in between. Quotes paths, never values. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

const Exact = ZERO.constructor;

/** Whether a value is a decimal. */
export const isDecimal = (value: unknown): value is Decimal => value instanceof Exact;

/** The kind of a value. @throws EvaluationError for what is no value at all, such as a binary float. */
export const kindOf = (value: Value): Exclude<Kind, 'Any'> => {
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  if (value === null) return 'Null';
  if (isDecimal(value)) return 'Decimal';
  if (Array.isArray(value)) return 'List';
  if (value instanceof Date) return 'Time';
  if (typeof value === 'object') return 'Map';
  throw new EvaluationError(`a rule cannot work with a JavaScript ${typeof value}`);
};

/** The value at a key; `undefined` when the map has no such key of its own. */
export const lookUp = (map: ValueMap, key: string): Value | undefined => {
  if (map instanceof Map) return map.get(key);
  const record = map as { readonly [name: string]: Value };
  return Object.hasOwn(record, key) ? record[key] : undefined;
};

/** Whether two atoms are the same value; values of different kinds never are. */
export const sameValue = (left: Value, right: Value): boolean => {
  if (isDecimal(left)) return isDecimal(right) && left.eq(right);
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime();
  return left === right;
};
