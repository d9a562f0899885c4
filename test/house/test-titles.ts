import { readFileSync } from 'node:fs';

/** What opens a test or a block of them: `test(`, `test.each([`, `describeThirdParty(`. */
const OPENING = /^( *)(test|describe)\w*[.(]/gm;

/** A title: behind `test(`, or behind the table of a `test.each`, whose end stands as far in as its beginning. */
const TITLE = /^( *)(?:test\(|test\.each\([^\n]*?\)\(|[^\s\w][^\n]*?\)\()\s*(['"`])((?:\\.|(?!\2)[^\\\n])*)\2,/gm;

/** The titles of the tests in a file, as they are written, whatever fills their `%s`. */
export const titlesOf = (file: string, read = (path: string) => readFileSync(path, 'utf8')): string[] => {
  const source = read(file);
  const openings = [...source.matchAll(OPENING)];
  const opens = ({ index, 1: indent }: RegExpExecArray) =>
    openings.findLast((opening) => opening.index <= index && opening[1] === indent)?.[2];
  return [...source.matchAll(TITLE)].filter((title) => opens(title) === 'test').map(([, , , title = '']) => title);
};
