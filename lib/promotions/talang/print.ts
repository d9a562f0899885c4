import { calls, type Node } from './node.ts';
import { isDecimal, kindOf, type Value } from './value.ts';

/** The text form of an expression (talang.md §1): `(>= (. Session Total) 50)`. */
export const print = (node: Node): string => {
  switch (node.kind) {
    case 'literal':
      return printValue(node.value);
    case 'block':
      return `((${node.binds}) ${print(node.body)})`;
    case 'unreadable':
      return '?';
    case 'call':
      return `(${[node.name, ...node.args.map(calls(node, '.') ? printKey : print)].join(' ')})`;
  }
};

/** An atom as Talang writes it; of a list or a map only that it is one. */
export const printValue = (value: Value): string => {
  if (typeof value === 'string') return `"${value.replaceAll('"', '\\"')}"`;
  if (isDecimal(value)) return value.toFixed();
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return kindOf(value) === 'List' ? '(list …)' : '(kv …)';
  return String(value);
};

const printKey = (key: Node): string =>
  key.kind === 'literal' && typeof key.value === 'string' ? key.value : print(key);
