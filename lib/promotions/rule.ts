import { explain } from './explain.ts';
import { FUNCTIONS, type RuleScope } from './functions.ts';
import type { Rule } from './snapshot.ts';
import { compile, compileTo } from './talang/compile.ts';
import { calls, type Node } from './talang/node.ts';
import { read } from './talang/read.ts';

/** One condition of a rule; its place in the rule is its `conditionIndex` (semantics.md R7). */
export interface PreparedCondition {
  /** @throws EvaluationError when it cannot be told; the rule then fails. */
  holds(scope: RuleScope): boolean;
  /** Why it does not hold, in words. @param places decimals of the currency. */
  explain(scope: RuleScope, places: number): string;
}

/** A rule ready to evaluate. */
export interface PreparedRule {
  readonly title: string;
  /** Evaluated from left to right; the first that does not hold decides. None: the rule always fires (R12). */
  readonly conditions: readonly PreparedCondition[];
  /** Each tells the host what to do. @throws EvaluationError when a value cannot be computed. */
  readonly effects: readonly ((scope: RuleScope) => unknown)[];
}

/**
 * Makes a rule ready to evaluate. The operands of an `and` are its conditions; any other expression is one condition.
 *
 * Never fails: what would be refused at publish fails when it is evaluated (compile.ts).
 */
export const compileRule = ({ title, condition, effects }: Rule): PreparedRule => ({
  title,
  conditions: conditionsOf(read(condition).node).map(prepareCondition),
  effects: effects.map((effect) => compile(read(effect).node, FUNCTIONS)),
});

const conditionsOf = (node: Node): readonly Node[] => (node.kind === 'call' && calls(node, 'and') ? node.args : [node]);

const prepareCondition = (node: Node): PreparedCondition => {
  const value = compileTo(node, FUNCTIONS, ['Boolean']);
  return {
    holds: (scope) => value(scope) === true,
    explain: (scope, places) => explain(node, scope, places),
  };
};
