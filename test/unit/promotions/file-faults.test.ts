import { describe, expect, test } from 'vitest';
import { readPromotions } from '../../../lib/promotions/file.ts';
import { RuleError } from '../../../lib/promotions/rule-error.ts';

const GOOD = `account: 1
applications:
  - id: 1
    name: Shop
    environment: live
    currency: EUR
    timezone: Europe/Berlin
    caseSensitivity: insensitive-uppercase
audiences:
  - { id: 1, name: Newsletter }
  - { id: 2, name: Staff }
attributes:
  - { id: 1, entity: CustomerProfile, name: Tier, type: string }
  - { id: 2, entity: CustomerProfile, name: Name, type: string }
additionalCosts:
  - { id: 1, name: shipping }
  - { id: 2, name: tip }
campaigns:
  - id: 1
    application: 1
    name: Summer
    startTime: 2026-06-01T00:00:00Z
    endTime: 2026-09-01T00:00:00+02:00
    coupons:
      - { id: 1, value: SUMMER-1, usageLimit: 1, startDate: 2026-06-01T00:00:00Z, expiryDate: 2026-07-01T00:00:00Z }
      - { id: 2, value: SUMMER-2, usageLimit: 0 }
    limits:
      - { action: redeemCoupon, limit: 1, entities: [Profile] }
      - { action: setDiscount, limit: 99.5, period: monthly }
    rules:
      - title: From 50
        condition:
          - and
          - [couponValid]
          - [">=", [., Session, Total], 50]
        effects:
          - [setDiscount, 10% off, 5]
          - [noop]
      - title: Gold
        condition: ["=", [., Profile, Attributes, Tier], gold]
        effects: [setDiscount, gold, 1]
  - id: 2
    application: 1
    name: Friends
    referralSettings: { couponPattern: "F-####" }
`;

const faultsOf = (text: string): string[] => {
  try {
    readPromotions(text, 'promotions.yaml');
    return [];
  } catch (error) {
    if (error instanceof RuleError) return error.message.split('\n');
    throw error;
  }
};

/** The faults after one part of the good file is written otherwise. */
const after = (part: string, instead: string): string[] => {
  expect(GOOD.split(part)).toHaveLength(2);
  return faultsOf(GOOD.replace(part, instead));
};

const CORE = '. and or not = != < <= > >= + - * / catch noop filter sum count';

test('the file to spoil is good', () => {
  expect(faultsOf(GOOD)).toEqual([]);
});

describe('every class of fault is named with its line', () => {
  test.each<[string, string, string, string]>([
    ['an unknown field at the top', 'account: 1', 'acount: 2\naccount: 1', '1  acount: is no known field'],
    [
      'an unknown field further in',
      'limit: 99.5',
      'limit: 99.5, limt: 2',
      '29  campaigns[0].limits[1].limt: is no known field',
    ],
    ['__proto__ at the top', 'account: 1', 'account: 1\n__proto__: { a: 1 }', '2  __proto__: is no known field'],
    [
      '__proto__ further in',
      'name: Staff',
      'name: Staff, __proto__: 1',
      '11  audiences[1].__proto__: is no known field',
    ],
    [
      'constructor as a field',
      'name: Staff',
      'name: Staff, constructor: 1',
      '11  audiences[1].constructor: is no known field',
    ],
    ['a missing field', '    environment: live\n', '', '3  applications[0].environment: is missing'],
    ['a missing number', ', usageLimit: 0', '', '26  campaigns[0].coupons[1].usageLimit: is missing'],
    [
      'a reservation of no known kind',
      'usageLimit: 0 }',
      'usageLimit: 0, reservation: soft }',
      '26  campaigns[0].coupons[1].reservation: is none of the known words (expected mandatory)',
    ],
    [
      'a wrong type',
      'usageLimit: 0',
      'usageLimit: none',
      '26  campaigns[0].coupons[1].usageLimit: is of the wrong type (expected a number)',
    ],
    [
      'a fraction where a whole number belongs',
      'usageLimit: 0',
      'usageLimit: 1.5',
      '26  campaigns[0].coupons[1].usageLimit: is of the wrong type (expected a whole number)',
    ],
    [
      'an id beyond 32 bits',
      'id: 2, name: Staff',
      'id: 2147483648, name: Staff',
      '11  audiences[1].id: Too big: expected number to be <=2147483647',
    ],
    [
      'an id of zero',
      'id: 2, name: Staff',
      'id: 0, name: Staff',
      '11  audiences[1].id: Too small: expected number to be >=1',
    ],
    [
      'an unknown word',
      'type: string }\n  - { id: 2',
      'type: text }\n  - { id: 2',
      '13  attributes[0].type: is none of the known words (expected string, number, boolean, time, (list string), (list number), (list time))',
    ],
    [
      'a time without a zone',
      '2026-06-01T00:00:00Z\n    endTime',
      '2026-06-01T00:00:00\n    endTime',
      '22  campaigns[0].startTime: is no RFC 3339 time, such as 2026-06-01T00:00:00+02:00',
    ],
    [
      'a day that does not exist',
      '2026-09-01T',
      '2026-09-31T',
      '23  campaigns[0].endTime: is no RFC 3339 time, such as 2026-06-01T00:00:00+02:00',
    ],
    ['an end before the start', '2026-09-01T', '2026-05-01T', '23  campaigns[0].endTime: is not after startTime'],
    [
      'an expiry before the start',
      'expiryDate: 2026-07',
      'expiryDate: 2026-06',
      '25  campaigns[0].coupons[0].expiryDate: is not after startDate',
    ],
    [
      'an unknown timezone',
      'Europe/Berlin',
      'Europe/Berlin2',
      '7  applications[0].timezone: is no IANA timezone, such as Europe/Berlin',
    ],
    [
      'an offset as a timezone',
      'Europe/Berlin',
      '"+02:00"',
      '7  applications[0].timezone: is no IANA timezone, such as Europe/Berlin',
    ],
    ['an unknown currency', 'EUR', 'EURO', '6  applications[0].currency: is no ISO 4217 currency, such as EUR'],
    [
      'a short code',
      'SUMMER-2',
      'AB',
      '26  campaigns[0].coupons[1].value: is no code: 3 to 100 characters, none of them invisible, no blanks at the ends',
    ],
    [
      'a long code',
      'SUMMER-2',
      'A'.repeat(101),
      '26  campaigns[0].coupons[1].value: is no code: 3 to 100 characters, none of them invisible, no blanks at the ends',
    ],
    [
      'a code with a blank at its end',
      'SUMMER-2',
      '"SUMMER "',
      '26  campaigns[0].coupons[1].value: is no code: 3 to 100 characters, none of them invisible, no blanks at the ends',
    ],
    [
      'a code with a control character',
      'SUMMER-2',
      '"SUM\\u0000MER"',
      '26  campaigns[0].coupons[1].value: is no code: 3 to 100 characters, none of them invisible, no blanks at the ends',
    ],
    [
      'a code that YAML reads as a number',
      'SUMMER-2',
      '20260601',
      '26  campaigns[0].coupons[1].value: is of the wrong type (expected text, in quotes if it looks like a number)',
    ],
    [
      'a pattern that draws nothing',
      'F-####',
      'FRIEND',
      '45  campaigns[1].referralSettings.couponPattern: needs a # for each character to draw',
    ],
    [
      'a character twice',
      '"F-####" }',
      '"F-####", validCharacters: ABA }',
      '45  campaigns[1].referralSettings.validCharacters: needs characters, each one once',
    ],
    [
      'no characters',
      '"F-####" }',
      '"F-####", validCharacters: [] }',
      '45  campaigns[1].referralSettings.validCharacters: needs characters, each one once',
    ],
    [
      'an attribute with an odd name',
      'name: Name',
      'name: first-name',
      '14  attributes[1].name: is no name: a letter, then letters, digits and underscores, 100 at the most',
    ],
    [
      'an attribute called __proto__',
      'name: Name',
      'name: __proto__',
      '14  attributes[1].name: is no name: a letter, then letters, digits and underscores, 100 at the most',
    ],
    [
      'an attribute called constructor',
      'name: Name',
      'name: constructor',
      '14  attributes[1].name: is a reserved word',
    ],
    [
      'a negative limit',
      'limit: 99.5',
      'limit: -1',
      '29  campaigns[0].limits[1].limit: Too small: expected number to be >=0',
    ],
    [
      'a limit without end',
      'limit: 99.5',
      'limit: .inf',
      '29  campaigns[0].limits[1].limit: is of the wrong type (expected a number)',
    ],
    [
      'half a redemption',
      'limit: 1, ',
      'limit: 1.5, ',
      '28  campaigns[0].limits[0].limit: must be a whole number: only setDiscount limits money',
    ],
    [
      'an entity twice',
      '[Profile]',
      '[Profile, Profile]',
      '28  campaigns[0].limits[0].entities: names an entity twice',
    ],
    ['an id twice', 'id: 2, name: Staff', 'id: 1, name: Staff', '11  audiences[1].id: this id is used twice: 1'],
    ['a name twice', 'name: Staff', 'name: Newsletter', '11  audiences[1].name: this name is used twice: "Newsletter"'],
    ['an attribute twice', 'name: Name', 'name: Tier', '14  attributes[1].name: this name is used twice: "Tier"'],
    ['a cost twice', 'name: tip', 'name: shipping', '17  additionalCosts[1].name: this name is used twice: "shipping"'],
    ['a campaign twice', 'name: Friends', 'name: Summer', '44  campaigns[1].name: this name is used twice: "Summer"'],
    [
      'a campaign id twice',
      '- id: 2\n',
      '- id: 1\n    rulesetId: 2\n',
      '42  campaigns[1].id: this id is used twice: 1',
    ],
    [
      'a ruleset id twice',
      'name: Friends',
      'name: Friends\n    rulesetId: 1',
      '45  campaigns[1].rulesetId: this ruleset id is used twice: 1',
    ],
    [
      'a coupon id twice',
      'id: 2, value',
      'id: 1, value',
      '26  campaigns[0].coupons[1].id: this coupon id is used twice: 1',
    ],
    [
      'a code twice, as the Application compares',
      'SUMMER-2',
      'summer-1',
      '26  campaigns[0].coupons[1].value: this code is used twice: "SUMMER-1"',
    ],
    [
      'a rule title twice',
      'title: Gold',
      'title: From 50',
      '39  campaigns[0].rules[1].title: this title is used twice: "From 50"',
    ],
    [
      'an unknown application',
      'application: 1\n    name: Friends',
      'application: 3\n    name: Friends',
      '43  campaigns[1].application: there is no application 3 (expected 1)',
    ],
    [
      'a missing condition',
      '        condition: ["=", [., Profile, Attributes, Tier], gold]\n',
      '',
      '39  campaigns[0].rules[1].condition: is missing',
    ],
    [
      'missing effects',
      '        effects: [setDiscount, gold, 1]\n',
      '',
      '39  campaigns[0].rules[1].effects: is missing',
    ],
  ])('%s', (_what, part, instead, fault) => {
    expect(after(part, instead)).toEqual([`promotions.yaml:${fault}`]);
  });
});

describe('rules are named by their title, expressions by their own line', () => {
  test.each<[string, string, string, string]>([
    [
      'an unknown function',
      '[couponValid]',
      '[couponOk]',
      `34  rule "From 50": unknown function "couponOk"; known here: ${CORE} couponValid referralValid`,
    ],
    [
      'an unknown field',
      'Total], 50',
      'Totl], 50',
      '35  rule "From 50": Session has no "Totl"; known here: Id, State, IsFirst, Total, CartItemTotal, AdditionalCostTotal, CartItems, AdditionalCosts, CouponCodes, ReferralCode, Attributes',
    ],
    [
      'an attribute that is not declared',
      'Tier], gold',
      'Teir], gold',
      '40  rule "Gold": Profile.Attributes has no "Teir"; known here: Tier, Name',
    ],
    [
      'text where a number belongs',
      '10% off, 5',
      '10% off, "5"',
      '37  rule "From 50": "5" is text; "setDiscount" takes a number here',
    ],
    [
      'an argument too few in a single effect',
      ', gold, 1]',
      ', gold]',
      '41  rule "Gold": "setDiscount" takes 2 arguments, here 1',
    ],
    ['a map in an expression', '[noop]', '{ noop: 1 }', '38  rule "From 50": a map is no expression: write a list'],
    ['an empty list in an expression', '[noop]', '[]', '38  rule "From 50": an empty list is no expression'],
  ])('%s', (_what, part, instead, fault) => {
    expect(after(part, instead)).toEqual([`promotions.yaml:${fault}`]);
  });
});

describe('what YAML itself refuses', () => {
  test.each<[string, string, string, string]>([
    ['a key twice', 'account: 1', 'account: 1\naccount: 2', '2  Map keys must be unique'],
    ['an operator that must be quoted', '[noop]', '[not, [!=, 1, 2]]', '38  Unresolved tag: !=: put it in quotes'],
    ['an unknown anchor', 'name: Staff', 'name: *staff', '11  there is no anchor &staff before this'],
    ['a key that looks like a number', 'account: 1', '1: 2\naccount: 1', '1  1: is no known field'],
    [
      'digits that a number cannot keep',
      '10% off, 5',
      '10% off, 0.12345678901234567891',
      '37  0.12345678901234567891 has more digits than a number can keep',
    ],
    [
      'a second document',
      'account: 1',
      '--- {}\n---\naccount: 1',
      '2  Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
  ])('%s', (_what, part, instead, fault) => {
    expect(after(part, instead)).toContain(`promotions.yaml:${fault}`);
  });

  test('broken text is named where it breaks, once', () => {
    const faults = faultsOf(GOOD.replace('[couponValid]', '[couponValid'));
    expect(faults[0]).toMatch(/^promotions\.yaml:3[45] {2}/);
    expect(new Set(faults).size).toBe(faults.length);
  });

  test('nothing at all, and something else altogether', () => {
    expect(faultsOf('')).toEqual(['promotions.yaml:1  the file: is of the wrong type (expected fields with names)']);
    expect(faultsOf('[1, 2]')).toEqual([
      'promotions.yaml:1  the file: is of the wrong type (expected fields with names)',
    ]);
  });

  test('a few lines of anchors that stand for billions are refused before they unfold', () => {
    const levels = [...'abcdefghi'].map((name, level, names) =>
      level === 0 ? 'a: &a [x, x, x, x, x, x, x, x, x]' : `${name}: &${name} [${`*${names[level - 1]}, `.repeat(9)}]`,
    );
    expect(faultsOf(levels.join('\n'))).toEqual([
      'promotions.yaml:1  anchors are used more than 100 times: write it out',
    ]);
  });

  test('nesting without end is refused', () => {
    const faults = faultsOf('['.repeat(100_000));
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(10);
  });
});

test('all faults come at once, in the order of their lines, from all checks', () => {
  const bad = GOOD.replace('EUR', 'EURO')
    .replace('name: Staff', 'name: Newsletter')
    .replace('[couponValid]', '[couponOk]')
    .replace('gold, 1]', 'gold, [max, 1]]')
    .replace('application: 1\n    name: Friends', 'application: 9\n    nam: Friends');
  expect(faultsOf(bad).map((fault) => fault.replace(/^promotions\.yaml:(\d+) .*$/, '$1'))).toEqual([
    '6',
    '11',
    '34',
    '41',
    '42',
    '43',
    '44',
  ]);
});

test('a RuleError carries its faults as data', () => {
  try {
    readPromotions(GOOD.replace('[couponValid]', '[couponOk]').replace('live', 'prod'), 'a/b.yaml');
    expect.unreachable();
  } catch (error) {
    expect((error as RuleError).faults).toEqual([
      {
        file: 'a/b.yaml',
        line: 5,
        message: 'applications[0].environment: is none of the known words',
        expected: 'live, sandbox',
      },
      { file: 'a/b.yaml', line: 34, rule: 'From 50', message: expect.stringContaining('unknown function "couponOk"') },
    ]);
  }
});
