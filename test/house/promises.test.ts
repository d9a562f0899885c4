import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROMISES, type Proof } from './promises.ts';
import { titlesOf } from './test-titles.ts';

const faultOf = ({ file, title }: Proof): string | undefined => {
  if (!existsSync(file)) return `there is no ${file}`;
  const found = titlesOf(file).filter((each) => each.includes(title)).length;
  return found === 1 ? undefined : `${file} has ${found} tests that are called "${title}"`;
};

const isSentence = (text: string) => /^[A-Z`].{20,}[^.]$/.test(text);

test('the forty-two promises are all there', () => {
  expect(Object.keys(PROMISES)).toEqual(Array.from({ length: 42 }, (_, index) => `B${index + 1}`));
});

describe.each(Object.entries(PROMISES))('%s', (_id, { says, tests = [], notOurs }) => {
  test(says, () => {
    expect(says).toSatisfy(isSentence);
    expect(tests.flatMap((proof) => faultOf(proof) ?? [])).toEqual([]);
    if (tests.length === 0) expect(notOurs).toSatisfy(isSentence);
    else if (notOurs !== undefined) expect(notOurs).toSatisfy(isSentence);
  });
});

test('titles are found however a test is written, and only those of tests', () => {
  const source = [
    "test('one', () => {",
    "  test.each([1, 2])('two %i', () => {",
    "describe.each([\n  ['a'],\n])('not this', () => {",
    "  test.each([\n    ['a', call()],\n  ] as const)(\n    'three: %s',",
    '  test(\n    "it\'s four",',
    '  test(`number five`, () => {',
    "expect(call('six', () => {})).toBe(1);",
  ].join('\n');
  expect(titlesOf('a.test.ts', () => source)).toEqual(['one', 'two %i', 'three: %s', "it's four", 'number five']);
});
