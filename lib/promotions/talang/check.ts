import {
  ANYTHING,
  argumentsOf,
  arityOf,
  type FunctionDefinition,
  type FunctionTable,
  type Parameter,
  type Place,
  parameterAt,
  type Signature,
  type Type,
  takes,
} from './function.ts';
import { type Call, calls, type Fault, type Node } from './node.ts';
import { print } from './print.ts';
import { KIND_WORDS, type Kind, kindOf } from './value.ts';

/** What an expression may use: functions, and the names that `.` starts from with what is known of them. */
export interface Library {
  readonly functions: FunctionTable;
  readonly names: Readonly<Record<string, Type>>;
  readonly place: Place;
}

type Names = ReadonlyMap<string, Type>;

/**
 * Finds what is wrong with an expression before it is ever evaluated: unknown functions, names and fields, wrong
 * numbers of arguments, arguments of a kind that cannot fit. What is only known at evaluation is checked there.
 *
 * @returns every fault.
 */
export const check = (node: Node, library: Library): readonly Fault[] => {
  const faults: Fault[] = [];
  const refuse = (at: string, message: string): Type => {
    faults.push({ at, message });
    return ANYTHING;
  };

  const typeOf = (node: Node, names: Names): Type => {
    if (node.kind === 'literal') return { kind: kindOf(node.value) };
    if (node.kind === 'unreadable') return ANYTHING;
    if (node.kind === 'block') return refuse(node.at, `${print(node)} is a block: it cannot stand here`);
    if (calls(node, '.')) return typeOfPath(node, names);
    const definition = library.functions.find(node.name);
    if (!definition) {
      for (const argument of node.args) if (argument.kind !== 'block') typeOf(argument, names);
      return refuse(node.at, `unknown function ${quote(node.name)}; known here: ${known()}`);
    }
    const type = typeOfCall(argumentsOf(node, definition), node, definition, names);
    if (!definition.place || definition.place === library.place) return type;
    return refuse(node.at, `${quote(definition.name)} belongs into ${PLACES[definition.place]}`);
  };

  const typeOfPath = ({ at, args }: Call, names: Names): Type => {
    const keys = args.map((arg) => (arg.kind === 'literal' && typeof arg.value === 'string' ? arg.value : undefined));
    const [head] = keys;
    if (head === undefined || keys.includes(undefined)) return refuse(at, 'a path is written [".", "Name", "Name"…]');
    let type = names.get(head);
    if (!type) return refuse(at, `unknown name ${quote(head)}; known here: ${[...names.keys()].join(', ')}`);
    for (const [index, key] of (keys as string[]).entries()) {
      if (index === 0) continue;
      const path = keys.slice(0, index).join('.');
      if (type.kind !== 'Map' && type.kind !== 'Any') {
        return refuse(at, `${path} is ${KIND_WORDS[type.kind]}: it has no ${quote(key)}`);
      }
      if (type.fields && !Object.hasOwn(type.fields, key)) {
        const fields = Object.keys(type.fields).join(', ');
        return refuse(at, `${path} has no ${quote(key)}; known here: ${fields}`);
      }
      type = type.fields?.[key] ?? ANYTHING;
    }
    return type;
  };

  const typeOfCall = (args: readonly Node[], call: Call, definition: FunctionDefinition, names: Names): Type => {
    const forms = definition.signatures.filter((signature) => takes(signature, args.length));
    const types = args.map((argument) => (argument.kind === 'block' ? ANYTHING : typeOf(argument, names)));
    const [form] = forms;
    if (!form) {
      const count = args.length === 0 ? 'none' : args.length;
      return refuse(call.at, `${quote(definition.name)} takes ${arityOf(definition)}, here ${count}`);
    }
    for (const [index, argument] of args.entries()) {
      if (argument.kind === 'block') types[index] = typeOfBlock(argument, parameterAt(form, index), types, names);
      else if (parameterAt(form, index)?.block?.plain === false) {
        refuse(argument.at, `${quote(definition.name)} takes a block here: [["Name"], expression]`);
        types[index] = ANYTHING;
      }
    }
    faults.push(...leastFaults(definition, forms, args, types));
    return typeof form.returns === 'string' ? { kind: form.returns } : form.returns(types);
  };

  const typeOfBlock = (node: Node, parameter: Parameter | undefined, types: readonly Type[], names: Names): Type => {
    if (node.kind !== 'block' || !parameter?.block) return typeOf(node, names);
    const member = types[parameter.block.over]?.item ?? ANYTHING;
    return typeOf(node.body, new Map([...names, [node.binds, member]]));
  };

  const known = (): string => ['.', ...library.functions.names(library.place)].join(' ');

  const { kind } = typeOf(node, new Map(Object.entries(library.names)));
  const result = RESULTS[library.place];
  if (kind !== 'Any' && kind !== result.kind) {
    refuse(node.at, `${print(node)} is ${KIND_WORDS[kind]}; ${result.words}`);
  }
  return faults;
};

const PLACES: Readonly<Record<Place, string>> = { condition: 'a condition', effect: 'an effect' };

/** What the whole expression must come to. */
const RESULTS: Readonly<Record<Place, { readonly kind: Kind; readonly words: string }>> = {
  condition: { kind: 'Boolean', words: 'a condition is true or false' },
  effect: { kind: 'Null', words: 'an effect gives nothing back' },
};

const quote = (text: string): string => JSON.stringify(text);

const oneOf = (kinds: readonly Kind[]): string => kinds.map((kind) => KIND_WORDS[kind]).join(' or ');

const misfit = (node: Node, { kind }: Type, wanted: readonly Kind[], taker: string): readonly Fault[] =>
  kind === 'Any' || wanted.includes('Any') || wanted.includes(kind)
    ? []
    : [{ at: node.at, message: `${print(node)} is ${KIND_WORDS[kind]}; ${taker} takes ${oneOf(wanted)} here` }];

/** What the form that fits best has against the arguments; the first argument says which form is meant. */
const leastFaults = (
  definition: FunctionDefinition,
  forms: readonly Signature[],
  args: readonly Node[],
  types: readonly Type[],
): readonly Fault[] => {
  const each = forms.map((form) =>
    args.flatMap((argument, index) =>
      misfit(argument, types[index] ?? ANYTHING, parameterAt(form, index)?.kinds ?? [], quote(definition.name)),
    ),
  );
  const meant = each.filter(([fault]) => fault?.at !== args[0]?.at);
  return (meant.length > 0 ? meant : each).reduce((best, faults) => (faults.length < best.length ? faults : best));
};
