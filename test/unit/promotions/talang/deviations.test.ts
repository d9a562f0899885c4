import { expect, test } from 'vitest';
import { namesFor } from '../../../../lib/promotions/facts.ts';
import { FUNCTIONS } from '../../../../lib/promotions/functions.ts';
import { check } from '../../../../lib/promotions/talang/check.ts';
import { compile } from '../../../../lib/promotions/talang/compile.ts';
import { DEVIATIONS } from '../../../../lib/promotions/talang/deviations.ts';
import { printValue } from '../../../../lib/promotions/talang/print.ts';
import { read } from '../../../../lib/promotions/talang/read.ts';
import { EvaluationError } from '../../../../lib/promotions/talang/value.ts';
import { scopeOf } from '../scope.ts';

const names = namesFor({ attributes: [], additionalCosts: [] });
const scope = scopeOf({
  Session: { Total: 10, CartItems: [{ Position: 0, Price: 10 }] },
  Profile: { Attributes: {} },
  Event: { Attributes: { page: '1' } },
});

const outcome = (expression: unknown): string => {
  const { node, faults } = read(expression);
  if (faults.length + check(node, { functions: FUNCTIONS, names, place: 'condition' }).length > 0) return 'refused';
  try {
    return printValue(compile(node, FUNCTIONS)(scope));
  } catch (error) {
    if (error instanceof EvaluationError) return 'error';
    throw error;
  }
};

test.each(DEVIATIONS.map((deviation) => [JSON.stringify(deviation.expression), deviation] as const))(
  '%s differs from upstream as the table says',
  (_text, { expression, upstream, here }) => {
    expect(outcome(expression)).toBe(here);
    expect(here).not.toBe(upstream);
  },
);
