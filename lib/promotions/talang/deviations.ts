/** A difference between this Talang and the vendor's open-source one (talang.md), in what an expression comes to. */
export interface Deviation {
  readonly expression: unknown;
  /** What upstream makes of it. */
  readonly upstream: string;
  /** What it comes to here: a value, `error` when it is evaluated, or `refused` when it is published. */
  readonly here: string;
  readonly why: string;
}

const TOTAL = ['.', 'Session', 'Total'];
const MISSING = ['.', 'Profile', 'Attributes', 'Tier'];
const PAGE = ['.', 'Event', 'Attributes', 'page'];
const ITEMS = ['.', 'Session', 'CartItems'];

/**
 * Every known difference, each proved by test/unit/promotions/talang/deviations.test.ts with a session total of 10, one
 * cart item, no `Tier` and `page` being "1".
 */
export const DEVIATIONS: readonly Deviation[] = [
  {
    expression: ['and', false, ['=', MISSING, 'gold']],
    upstream: 'error',
    here: 'false',
    why: '`and` stops at the first false: what comes after it often only makes sense when it is true',
  },
  {
    expression: ['or', true, ['=', MISSING, 'gold']],
    upstream: 'error',
    here: 'true',
    why: '`or` stops at the first true',
  },
  {
    expression: ['or', true, 1],
    upstream: 'true',
    here: 'refused',
    why: 'all operands are true or false, not only those that are looked at',
  },
  {
    expression: ['and', ['filter', ITEMS, [['Item'], false]]],
    upstream: 'true',
    here: 'refused',
    why: 'a list, even an empty one, counting as true surprises: count it',
  },
  {
    expression: ['=', ['+', 0.5, 0.5], 1],
    upstream: 'false',
    here: 'true',
    why: '`=` compares values; upstream compares source texts, here "1.0" and "1"',
  },
  { expression: ['=', ['/', 100, 10], 10], upstream: 'false', here: 'true', why: 'the same: "1E+1" and "10"' },
  {
    expression: ['=', 1, '1'],
    upstream: 'true',
    here: 'refused',
    why: 'values of two kinds are never equal; a comparison that cannot hold is a slip',
  },
  {
    expression: ['=', PAGE, 1],
    upstream: 'true',
    here: 'false',
    why: 'the same where the kind shows only at evaluation',
  },
  {
    expression: ['=', 1, ['/', 1, 0]],
    upstream: 'false',
    here: 'error',
    why: 'nothing is divided by zero: no Infinity, no NaN',
  },
  {
    expression: ['=', ['+', ['*', TOTAL, 2], TOTAL], 30],
    upstream: 'false',
    here: 'true',
    why: 'upstream arithmetic changes its first operand in place and comes to 40',
  },
  {
    expression: ['=', [...PAGE, 'length'], '1'],
    upstream: 'true',
    here: 'error',
    why: 'a path that goes on behind a value that is no map leads nowhere; upstream stops at the value',
  },
  {
    expression: ['=', ['sum', ITEMS, [['Session'], ['.', 'Session', 'Total']]], 10],
    upstream: 'true',
    here: 'refused',
    why: 'the name of a block hides an outer one of the same name; upstream looks for missing keys there',
  },
  {
    expression: ['=', ['sum', ITEMS, [['Item'], 1]], 1],
    upstream: 'error',
    here: 'true',
    why: '`sum` takes a block as `filter` does, besides (sum list Name body); and a body need not be a call',
  },
  {
    expression: ['=', ['count', ['filter', ITEMS, 'Item', true]], 1],
    upstream: 'error',
    here: 'true',
    why: '`filter` takes a name and a body as `sum` does, besides a block',
  },
  {
    expression: ['catch', false, ['=', ['.', 'Session', 'Totl'], 1]],
    upstream: 'false',
    here: 'refused',
    why: 'a name that does not exist is a slip, which `catch` must not hide for ever; the same for functions',
  },
  {
    expression: ['=', ['+', 'a', 'b'], 'ab'],
    upstream: 'true',
    here: 'refused',
    why: 'no rule has needed to join texts yet',
  },
];
