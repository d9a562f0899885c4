import { decimal } from '../../contract/decimal.ts';
import type { Fault, Node, Pointer } from './node.ts';

/** Deeper nesting is refused: reading, checking and compiling follow the nesting with the call stack. */
export const MAX_DEPTH = 64;

/**
 * Reads the JSON form of an expression (talang.md §1). Strings stay strings, whatever they look like.
 *
 * @returns the tree, and every place that is no expression.
 */
export const read = (expression: unknown): { readonly node: Node; readonly faults: readonly Fault[] } => {
  const faults: Fault[] = [];
  const refuse = (at: Pointer, message: string): Node => {
    faults.push({ at, message });
    return { kind: 'unreadable', at };
  };

  const readList = (list: readonly unknown[], at: Pointer, depth: number): Node => {
    const [head, ...rest] = list;
    if (depth === MAX_DEPTH) return refuse(at, `is nested more than ${MAX_DEPTH} deep`);
    if (list.length === 0) return refuse(at, 'an empty list is no expression');
    if (Array.isArray(head)) return readBlock(head, rest, at, depth);
    if (typeof head !== 'string') return refuse(at, "a list starts with a function's name");
    return {
      kind: 'call',
      at,
      name: head,
      args: rest.map((argument, index) => readNode(argument, `${at}/${index + 1}`, depth + 1)),
    };
  };

  const readBlock = (names: readonly unknown[], bodies: readonly unknown[], at: Pointer, depth: number): Node => {
    const [binds] = names;
    if (names.length !== 1 || typeof binds !== 'string' || bodies.length !== 1) {
      return refuse(at, 'a block is written [["Name"], expression]');
    }
    return { kind: 'block', at, binds, body: readNode(bodies[0], `${at}/1`, depth + 1) };
  };

  const readNode = (expression: unknown, at: Pointer, depth: number): Node => {
    if (Array.isArray(expression)) return readList(expression, at, depth);
    if (typeof expression === 'number') {
      return Number.isFinite(expression)
        ? { kind: 'literal', at, value: decimal(expression) }
        : refuse(at, 'is no finite number');
    }
    if (typeof expression === 'string' || typeof expression === 'boolean' || expression === null) {
      return { kind: 'literal', at, value: expression };
    }
    return refuse(at, expression === undefined ? 'is missing' : 'a map is no expression: write a list');
  };

  return { node: readNode(expression, '', 0), faults };
};
