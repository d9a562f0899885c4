import { expect, test } from 'vitest';
import { variablesOf } from '../../../lib/engine/evaluate/scope.ts';
import type { Moment } from '../../../lib/engine/moment.ts';
import { FACTS, type Fact } from '../../../lib/promotions/facts.ts';
import { kindOf, type Value, type ValueMap } from '../../../lib/promotions/talang/value.ts';

const item = { name: 'Pan', sku: 'pan', quantity: 2, price: 20, category: 'Kitchen', attributes: {} };
const variables = variablesOf(
  {
    session: {
      integrationId: 's',
      profileId: 'p',
      state: 'open',
      firstSession: true,
      couponCodes: ['A'],
      referralCode: 'B',
      cartItems: [item],
      additionalCosts: { shipping: { price: 5 } },
      identifiers: [],
      attributes: {},
    },
    profile: undefined,
    event: { type: 'talon_session_created', attributes: {} },
  },
  { now: new Date(0), promotions: { attributes: () => new Map() } } as unknown as Moment,
);

/** Every path of a map, down to what is no map with fixed keys, with its kind. */
const pathsOf = (path: string, value: Value, fact: Fact | undefined): string[] => {
  const kind = kindOf(value);
  const entries = kind === 'Map' ? Object.entries(value as Extract<ValueMap, object>) : [];
  const inner = Array.isArray(value) && value[0] !== undefined ? pathsOf(`${path}[]`, value[0], fact?.item) : [];
  return [
    `${path}: ${kind}`,
    ...entries.flatMap(([key, member]) => pathsOf(`${path}.${key}`, member, fact?.fields?.[key])),
    ...inner,
  ];
};

const factPaths = (path: string, { kind, fields, item }: Fact): string[] => [
  `${path}: ${kind}`,
  ...Object.entries(fields ?? {}).flatMap(([key, fact]) => factPaths(`${path}.${key}`, fact)),
  ...(item ? factPaths(`${path}[]`, item) : []),
];

test('rules may name what the engine has to offer: no more and no less', () => {
  const offered = pathsOf('', variables, { kind: 'Map', fields: FACTS });
  const nameable = factPaths('', { kind: 'Map', fields: FACTS });
  // A profile without an audience has an empty list: of what, only the facts know.
  expect(offered.toSorted()).toEqual(nameable.filter((path) => path !== '.Profile.Audiences[]: Decimal').toSorted());
});
