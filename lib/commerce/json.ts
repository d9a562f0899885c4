import { InvalidRequestError, type Issue } from '../contract/errors.ts';
import { pointer } from '../contract/validate.ts';

/** No platform nests deeper than a dozen levels; beyond this a body is an attack or a mistake. */
const MAX_DEPTH = 64;

/** Integers of up to 15 digits are exact as numbers. */
const EXACT_DIGITS = 15;

// A byte order mark is not JSON (RFC 8259 §8.1): kept, so that the parser refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a body as JSON without losing digits: an integer that a number cannot hold becomes its text, because ids are
 * that long (commerce-platforms.md §0, B40). Everything else reads as `JSON.parse` does.
 *
 * @throws InvalidRequestError for bytes that are not UTF-8, text that is not JSON, more than 64 levels, a key `__proto__`.
 */
export const readJson = (body: Uint8Array): unknown => {
  const text = decode(body);
  const found = survey(text);
  if (found.depth > MAX_DEPTH) throw refused(`nested more than ${MAX_DEPTH} levels deep`);
  const value = parse(found.long.length > 0 ? quoteIntegers(text, found) : text);
  if (MAY_SPELL_PROTO.test(text)) {
    const issues = protoKeys(value, []);
    if (issues.length > 0) throw new InvalidRequestError(issues);
  }
  return value;
};

const refused = (details: string): InvalidRequestError =>
  new InvalidRequestError([{ title: 'Invalid JSON', details, source: { pointer: '' } }]);

const decode = (body: Uint8Array): string => {
  try {
    return utf8.decode(body);
  } catch {
    throw refused('the bytes are not UTF-8');
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own text quotes the body.
    throw refused('the text is not JSON');
  }
};

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const opens = (unit: number): boolean => unit === 0x7b || unit === 0x5b;
const closes = (unit: number): boolean => unit === 0x7d || unit === 0x5d;

interface Survey {
  readonly depth: number;
  /** Where runs of digits too long for a number begin and end. */
  readonly long: readonly (readonly [start: number, end: number])[];
}

/** What a text holds outside of its strings; in one pass, before any parsing. */
const survey = (text: string): Survey => {
  const long: [number, number][] = [];
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (isDigit(unit)) {
      const start = at;
      while (isDigit(text.charCodeAt(at + 1))) at++;
      if (at - start >= EXACT_DIGITS) long.push([start, at + 1]);
    } else if (opens(unit)) deepest = Math.max(deepest, ++depth);
    else if (closes(unit)) depth--;
  }
  return { depth: deepest, long };
};

const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes--;
    if ((end - escapes) % 2 === 0) return end;
  }
  return text.length;
};

/**
 * Puts integers that no number holds between quotes. Text that is not JSON stays so: a number with a leading zero or in
 * the place of a name is left as it is, and everywhere else a number and a text are welcome alike.
 */
const quoteIntegers = (text: string, { long }: Survey): string => {
  let quoted = '';
  let done = 0;
  for (const [digits, end] of long) {
    const start = text[digits - 1] === '-' ? digits - 1 : digits;
    const isWhole = !/[.eE+]/.test(text.charAt(start - 1)) && !/[.eE]/.test(text.charAt(end)) && text[digits] !== '0';
    NAME_ENDS.lastIndex = end;
    if (!isWhole || Number.isSafeInteger(Number(text.slice(start, end))) || NAME_ENDS.test(text)) continue;
    quoted += `${text.slice(done, start)}"${text.slice(start, end)}"`;
    done = end;
  }
  return quoted + text.slice(done);
};
const NAME_ENDS = /\s*:/y;

/** The name as it is, or any of its characters escaped: only then are the keys worth a look. */
const MAY_SPELL_PROTO = /__proto__|\\u00(?:5f|7[024]|6f)/i;

const protoKeys = (value: unknown, path: readonly string[]): Issue[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        key === '__proto__'
          ? [{ title: 'Unknown', details: 'this name is not allowed', source: { pointer: pointer([...path, key]) } }]
          : protoKeys(inner, [...path, key]),
      );
