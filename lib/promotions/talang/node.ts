import type { Decimal } from '../../contract/decimal.ts';

/** Where a node stands in its expression: a JSON pointer, empty for the expression itself. */
export type Pointer = string;

/** An atom that stands for itself. */
export interface Literal {
  readonly kind: 'literal';
  readonly at: Pointer;
  readonly value: Decimal | string | boolean | null;
}

/** `[name, …args]`. */
export interface Call {
  readonly kind: 'call';
  readonly at: Pointer;
  readonly name: string;
  readonly args: readonly Node[];
}

/** `[[binds], body]`: an expression over a value that the surrounding function hands in. */
export interface Block {
  readonly kind: 'block';
  readonly at: Pointer;
  readonly binds: string;
  readonly body: Node;
}

/** A place where no expression can be read. It stays in the tree so that the rest is checked all the same. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly at: Pointer;
}

/** A Talang expression, read. */
export type Node = Literal | Call | Block | Unreadable;

/** Something wrong with an expression, and where. */
export interface Fault {
  readonly at: Pointer;
  readonly message: string;
}

/** Whether a node calls the function; names of functions ignore case (talang.md §1). */
export const calls = (node: Node, name: string): boolean =>
  node.kind === 'call' && node.name.toLowerCase() === name.toLowerCase();
