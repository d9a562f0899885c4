import {
  argumentsOf,
  type Compiled,
  type FunctionDefinition,
  type FunctionTable,
  type Parameter,
  parameterAt,
  type Scope,
  takes,
} from './function.ts';
import { type Call, calls, type Node } from './node.ts';
import { print } from './print.ts';
import { EvaluationError, KIND_WORDS, type Kind, kindOf, lookUp, type Value, type ValueMap } from './value.ts';

/**
 * Makes an expression ready to evaluate: closures that hold everything already looked up.
 *
 * Never fails. What check.ts would refuse fails when it is evaluated, so that a rule written for a newer release fails
 * alone and not with all the others.
 */
export const compile = (node: Node, functions: FunctionTable): Compiled => ready(node, functions, []);

/** As {@link compile}, with a value of one of `kinds` or an EvaluationError. */
export const compileTo = (node: Node, functions: FunctionTable, kinds: readonly Kind[]): Compiled =>
  guarded(node, ready(node, functions, []), kinds, functions);

/** `bound`: the names of the blocks around the node, innermost first. */
const ready = (node: Node, functions: FunctionTable, bound: readonly string[]): Compiled => {
  if (node.kind === 'literal') return () => node.value;
  if (node.kind !== 'call') return failing(`${print(node)} cannot be evaluated here`);
  if (calls(node, '.')) return readyPath(node, bound);
  const definition = functions.find(node.name);
  if (!definition) return failing(`unknown function "${node.name}"`);
  const args = argumentsOf(node, definition);
  if (!definition.signatures.some((signature) => takes(signature, args.length))) {
    return failing(`"${node.name}" does not take ${args.length} arguments`);
  }
  return definition.build(args.map((arg, place) => readyArgument(arg, allowed(definition, place), functions, bound)));
};

const failing =
  (message: string): Compiled =>
  () => {
    throw new EvaluationError(message);
  };

/** What any of a function's forms takes at a place. Which of them it is, if that matters, the function finds itself. */
const allowed = ({ signatures }: FunctionDefinition, place: number): Parameter => {
  const all = signatures.map((signature) => parameterAt(signature, place)).filter((one) => one !== undefined);
  const [first] = all;
  return { ...first, kinds: [...new Set(all.flatMap((one) => one.kinds))] };
};

const readyArgument = (
  node: Node,
  parameter: Parameter,
  functions: FunctionTable,
  bound: readonly string[],
): Compiled => {
  if (!parameter.block) return guarded(node, ready(node, functions, bound), parameter.kinds, functions);
  if (node.kind === 'block') {
    return guarded(node.body, ready(node.body, functions, [node.binds, ...bound]), parameter.kinds, functions);
  }
  const plain = guarded(node, ready(node, functions, bound), parameter.kinds, functions);
  // The function evaluates it inside a block's scope, one further in than it was written.
  return parameter.block.plain ? (scope) => plain(scope.outer ?? scope) : failing(`${print(node)} is no block`);
};

const guarded = (node: Node, value: Compiled, kinds: readonly Kind[], functions: FunctionTable): Compiled => {
  if (kinds.includes('Any') || kinds.includes(knownKind(node, functions))) return value;
  return (scope) => {
    const result = value(scope);
    const kind = kindOf(result);
    if (kinds.includes(kind)) return result;
    const wanted = kinds.map((one) => KIND_WORDS[one]).join(' or ');
    throw new EvaluationError(`${print(node)} is ${KIND_WORDS[kind]}, not ${wanted}`);
  };
};

const knownKind = (node: Node, functions: FunctionTable): Kind => {
  if (node.kind === 'literal') return kindOf(node.value);
  if (node.kind !== 'call') return 'Any';
  const returns = functions.find(node.name)?.signatures[0]?.returns;
  return typeof returns === 'string' ? returns : 'Any';
};

const readyPath = ({ args }: Call, bound: readonly string[]): Compiled => {
  const keys = args.map((arg) => (arg.kind === 'literal' ? String(arg.value) : ''));
  const [head] = keys;
  if (head === undefined) return failing('an empty path leads nowhere');
  const start = startOf(head, bound);
  const named = (length: number): string => keys.slice(0, length).join('.');
  // One error for each place: what a `catch` swallows for every item of a cart must not cost a stack trace each time.
  const missing: EvaluationError[] = [];

  /** A null counts as missing (talang.md §5). */
  const present = (value: Value | undefined, length: number): Value => {
    if (value !== undefined && value !== null) return value;
    missing[length] ??= new EvaluationError(`${named(length)} is missing`);
    throw missing[length];
  };

  return (scope) => {
    let value = start(scope);
    for (let length = 1; length < keys.length; length += 1) {
      const key = keys[length] as string;
      const map = present(value, length);
      const kind = kindOf(map);
      if (kind !== 'Map') throw new EvaluationError(`${named(length)} is ${KIND_WORDS[kind]}: it has no "${key}"`);
      value = lookUp(map as ValueMap, key);
    }
    return present(value, keys.length);
  };
};

const startOf = (head: string, bound: readonly string[]): ((scope: Scope) => Value | undefined) => {
  const depth = bound.indexOf(head);
  if (depth < 0) return (scope) => lookUp(scope.root, head);
  return (scope) => {
    let at: Scope | undefined = scope;
    for (let further = 0; further < depth; further += 1) at = at?.outer;
    return at?.bound;
  };
};
