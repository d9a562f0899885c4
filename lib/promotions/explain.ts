import { formatMoney } from '../contract/decimal.ts';
import { FACTS, type Fact } from './facts.ts';
import { FUNCTIONS } from './functions.ts';
import { compile } from './talang/compile.ts';
import type { Scope } from './talang/function.ts';
import { type Call, calls, type Node } from './talang/node.ts';
import { print, printValue } from './talang/print.ts';
import { EvaluationError, isDecimal, type Value } from './talang/value.ts';

/**
 * Says why a condition does not hold: `the total is below 50.00`. What has no words here is quoted as Talang text:
 * `(>= (. Session Total) 50) is false`. Evaluates again what it speaks of, but never asks the host: to ask may be to act.
 * It quotes the rule's own numbers and texts, never the customer's.
 *
 * @param places decimals of the currency.
 */
export const explain = (condition: Node, scope: Scope, places: number): string => {
  try {
    return say(condition, false, { scope, places });
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
};

interface Circumstances {
  readonly scope: Scope;
  readonly places: number;
}

/** The statement that a condition comes to `outcome`. */
const say = (node: Node, outcome: boolean, circumstances: Circumstances): string => {
  const quoted = `${print(node)} is ${outcome}`;
  if (node.kind !== 'call') return quoted;
  const operator = node.name.toLowerCase();
  const [operand] = node.args;
  if (operator === 'not' && operand) return say(operand, !outcome, circumstances);
  if (operator === 'and' || operator === 'or') {
    const spoken = (operator === 'and') === outcome ? node.args : [decisive(node.args, outcome, circumstances) ?? node];
    return spoken.includes(node) || spoken.length === 0
      ? quoted
      : spoken.map((one) => say(one, outcome, circumstances)).join(' and ');
  }
  const phrases = PHRASES.get(operator);
  if (phrases) return sayComparison(node, outcome, phrases, circumstances) ?? quoted;
  const words = FUNCTIONS.find(operator)?.words;
  return words ? words[outcome ? 'holds' : 'fails'] : quoted;
};

/** The operand that decided: one seen to come to `outcome`; failing that, one whose answer only the host knows. */
const decisive = (operands: readonly Node[], outcome: boolean, { scope }: Circumstances): Node | undefined =>
  operands.find((operand) => !asksHost(operand) && evaluate(operand, scope) === outcome) ?? operands.find(asksHost);

const evaluate = (node: Node, scope: Scope): Value => compile(node, FUNCTIONS)(scope);

const contains = (node: Node, wanted: (call: Call) => boolean): boolean => {
  if (node.kind === 'block') return contains(node.body, wanted);
  return node.kind === 'call' && (wanted(node) || node.args.some((argument) => contains(argument, wanted)));
};

const asksHost = (node: Node): boolean => contains(node, ({ name }) => FUNCTIONS.find(name)?.place !== undefined);

/** How a comparison reads: when it is false, when it is true, and with its sides exchanged. */
interface Phrases {
  readonly false: string;
  readonly true: string;
  readonly mirrored: string;
}

const PHRASES: ReadonlyMap<string, Phrases> = new Map([
  ['=', { false: 'is not', true: 'is', mirrored: '=' }],
  ['!=', { false: 'is', true: 'is not', mirrored: '!=' }],
  ['<', { false: 'is not below', true: 'is below', mirrored: '>' }],
  ['<=', { false: 'is above', true: 'is at most', mirrored: '>=' }],
  ['>', { false: 'is not above', true: 'is above', mirrored: '<' }],
  ['>=', { false: 'is below', true: 'is at least', mirrored: '<=' }],
]);

const sayComparison = (
  node: Call,
  outcome: boolean,
  phrases: Phrases,
  circumstances: Circumstances,
): string | undefined => {
  const [left, ...others] = node.args;
  if (!left || others.length === 0 || asksHost(node)) return undefined;
  const pairs = others.filter((other) => evaluate({ ...node, args: [left, other] }, circumstances.scope) === outcome);
  const statements = pairs.map((right) => {
    const subject = subjectOf(left);
    if (subject) return `${subject.words} ${phrases[`${outcome}`]} ${sayOperand(right, subject, circumstances)}`;
    const mirrored = PHRASES.get(phrases.mirrored);
    const other = mirrored && subjectOf(right);
    return other && `${other.words} ${mirrored[`${outcome}`]} ${sayOperand(left, other, circumstances)}`;
  });
  const spoken = outcome ? statements : statements.slice(0, 1);
  return spoken.length > 0 && !spoken.includes(undefined) ? spoken.join(' and ') : undefined;
};

interface Subject {
  readonly words: string;
  readonly money?: true;
}

const subjectOf = (node: Node): Subject | undefined => {
  if (node.kind !== 'call') return undefined;
  if (calls(node, '.')) return subjectOfPath(node.args.map((key) => (key.kind === 'literal' ? String(key.value) : '')));
  const [list] = node.args;
  if (!list || !calls(node, 'count')) return undefined;
  const [filtered] = list.kind === 'call' && calls(list, 'filter') ? list.args : [];
  const members = subjectOf(filtered ?? list)?.words.replace(/^the /, '');
  return members === undefined ? undefined : { words: `the number of ${filtered ? 'matching ' : ''}${members}` };
};

const subjectOfPath = (keys: readonly string[]): Subject | undefined => {
  let known: Fact = { kind: 'Map', fields: FACTS };
  for (const [index, key] of keys.entries()) {
    const field = known.fields && Object.hasOwn(known.fields, key) ? known.fields[key] : undefined;
    if (field) known = field;
    else if (known.declared && index === keys.length - 1) return subjectOfFact(known, ` "${key}"`);
    else return undefined;
  }
  return known.declared ? undefined : subjectOfFact(known, '');
};

const subjectOfFact = ({ words, money }: Fact, suffix: string): Subject | undefined =>
  words === undefined ? undefined : { words: `${words}${suffix}`, ...(money && { money }) };

const sayOperand = (node: Node, { money }: Subject, { scope, places }: Circumstances): string => {
  if (contains(node, (call) => calls(call, '.'))) return subjectOf(node)?.words ?? print(node);
  const value = evaluate(node, scope);
  return money && isDecimal(value) ? formatMoney(value, places) : printValue(value);
};
