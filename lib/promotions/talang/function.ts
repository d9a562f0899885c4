import type { Call, Node } from './node.ts';
import type { Kind, Value, ValueMap } from './value.ts';

/** What an expression is evaluated against. `bound` and `outer` are the blocks around it, innermost first. */
export interface Scope {
  /** Answers the functions that are not the language's own; only they know its type. */
  readonly host: unknown;
  readonly root: ValueMap;
  readonly bound?: Value;
  readonly outer?: Scope;
}

/** An expression made ready to evaluate. Runs in one go, without looking anything up. */
export type Compiled<V extends Value = Value> = (scope: Scope) => V;

/** The scope of a block's body while `value` is its bound name. */
export const bind = (outer: Scope, value: Value): Scope => ({
  host: outer.host,
  root: outer.root,
  bound: value,
  outer,
});

/** What is known of an expression before it is evaluated. */
export interface Type {
  readonly kind: Kind;
  /** The keys of a map; absent: any. */
  readonly fields?: Readonly<Record<string, Type>>;
  /** The members of a list; absent: anything. */
  readonly item?: Type;
}

export const ANYTHING: Type = { kind: 'Any' };

/** What may stand at one place of a call. */
export interface Parameter {
  readonly kinds: readonly Kind[];
  /** The argument is evaluated for each member of the list at place `over`, as a block; or, if `plain`, as it is. */
  readonly block?: { readonly over: number; readonly plain: boolean };
}

/** One form of a function. `rest` may be repeated, or left out. */
export interface Signature {
  readonly params: readonly Parameter[];
  readonly rest?: Parameter;
  readonly returns: Kind | ((args: readonly Type[]) => Type);
}

/** Where in a rule a function may be used. Functions of the language itself may be used everywhere. */
export type Place = 'condition' | 'effect';

/** A function: what it takes, and how a call of it is made ready. */
export interface FunctionDefinition {
  readonly name: string;
  readonly place?: Place;
  readonly signatures: readonly Signature[];
  /** What it says when it is a condition; without it, explanations quote the call. */
  readonly words?: { readonly holds: string; readonly fails: string };
  /** Arguments are evaluated when the result calls them; their values are of the kinds that the signatures name. */
  build(args: readonly Compiled[]): Compiled;
}

/** Functions by name; the lookup ignores case (talang.md §1). */
export class FunctionTable {
  readonly #byName: ReadonlyMap<string, FunctionDefinition>;

  constructor(definitions: readonly FunctionDefinition[]) {
    this.#byName = new Map(definitions.map((definition) => [definition.name.toLowerCase(), definition]));
  }

  find(name: string): FunctionDefinition | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** The names that may be used at a place, in the order of the definitions. */
  names(place: Place): string[] {
    return [...this.#byName.values()]
      .filter((definition) => (definition.place ?? place) === place)
      .map((definition) => definition.name);
  }
}

/** What a signature has at a place; `undefined` beyond its last one. */
export const parameterAt = (signature: Signature, place: number): Parameter | undefined =>
  signature.params[place] ?? signature.rest;

/** Whether a signature takes that many arguments. */
export const takes = (signature: Signature, count: number): boolean =>
  count >= signature.params.length && (signature.rest !== undefined || count === signature.params.length);

/** How many arguments a function takes, in words. */
export const arityOf = ({ signatures: [first] }: FunctionDefinition): string => {
  const least = first?.params.length ?? 0;
  return `${first?.rest ? 'at least ' : ''}${least} argument${least === 1 ? '' : 's'}`;
};

/** The arguments of a call, with `list "Item" body` read as `list [["Item"], body]` where the last place takes a block. */
export const argumentsOf = ({ args }: Call, { signatures: [first] }: FunctionDefinition): readonly Node[] => {
  const last = (first?.params.length ?? 0) - 1;
  const name = args[last];
  const body = args[last + 1];
  if (!first?.params[last]?.block || args.length !== last + 2 || name?.kind !== 'literal' || !body) return args;
  if (typeof name.value !== 'string') return args;
  return [...args.slice(0, last), { kind: 'block', at: body.at, binds: name.value, body }];
};
