import { type Declarations, namesFor } from './facts.ts';
import { type ContentFault, fieldOf, type Located, membersOf } from './file-content.ts';
import { FUNCTIONS } from './functions.ts';
import type { Expression } from './snapshot.ts';
import { check } from './talang/check.ts';
import type { Place, Type } from './talang/function.ts';
import { read } from './talang/read.ts';
import type { Path } from './yaml-document.ts';

/** Finds what is wrong with the expressions of all rules, wherever they can be read. */
export const ruleFaults = (content: unknown): readonly ContentFault[] => {
  const file: Located = { path: [], value: content };
  const names = namesFor(declarationsIn(file));
  return membersOf(file, 'campaigns')
    .flatMap((campaign) => membersOf(campaign, 'rules'))
    .flatMap((rule) => faultsOf(rule, names));
};

/** A rule's effects: one, or a list of them (talang.md §8). */
export const effectsIn = (effects: Expression): readonly Expression[] =>
  Array.isArray(effects) && (effects.length === 0 || Array.isArray(effects[0])) ? effects : [effects];

const faultsOf = (rule: Located, names: Readonly<Record<string, Type>>): ContentFault[] => {
  const title = fieldOf(rule, 'title').value;
  const condition = fieldOf(rule, 'condition');
  const effects = fieldOf(rule, 'effects');
  const each = effectsIn(effects.value as Expression);
  const places =
    each === effects.value ? each.map((value, index) => ({ path: [...effects.path, index], value })) : [effects];
  return [
    ...expressionFaults(condition, 'condition', names),
    ...places.flatMap((effect) => expressionFaults(effect, 'effect', names)),
  ].map((fault) => ({ ...fault, ...(typeof title === 'string' && { rule: title }) }));
};

const expressionFaults = (
  { path, value }: Located,
  place: Place,
  names: Readonly<Record<string, Type>>,
): ContentFault[] => {
  // Missing: the schema says so.
  if (value === undefined) return [];
  const { node, faults } = read(value);
  return [...faults, ...check(node, { functions: FUNCTIONS, names, place })].map(({ at, message }) => ({
    path: [...path, ...keysOf(at)],
    message,
  }));
};

const keysOf = (pointer: string): Path => pointer.split('/').slice(1).map(Number);

/** What the file declares, as far as it can be made out: a fault there must not hide the ones in rules. */
const declarationsIn = (file: Located): Declarations => {
  const named = (list: string) =>
    membersOf(file, list)
      .map(({ value }) => value)
      .filter((value) => typeof value === 'object' && value !== null);
  return {
    attributes: named('attributes') as Declarations['attributes'],
    additionalCosts: named('additionalCosts') as Declarations['additionalCosts'],
  };
};
