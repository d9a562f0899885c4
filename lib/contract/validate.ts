import * as z from 'zod';
import { type ErrorSource, InvalidRequestError, type Issue, MAX_ISSUES } from './errors.ts';
import { type Read, readOften } from './often.ts';
import type { AnyOperation, Input } from './operation.ts';

/** More of a name is not needed to find the place, and an answer should not grow with what was sent. */
const SEGMENT_LENGTH = 100;

const segment = (name: PropertyKey): string => {
  const text = String(name);
  // Cut before it is escaped and mended after it is cut: neither an escape nor a character is left by half.
  const kept = text.length > SEGMENT_LENGTH ? `${text.slice(0, SEGMENT_LENGTH).toWellFormed()}…` : text;
  return kept.replaceAll('~', '~0').replaceAll('/', '~1');
};

/** The JSON pointer of a place (RFC 6901): `['a/b', 0]` → `/a~1b/0`. Names over 100 characters are cut, with an ellipsis. */
export const pointer = (path: readonly PropertyKey[]): string => path.map((name) => `/${segment(name)}`).join('');

const SIZE_TITLES: Record<string, readonly [tooSmall: string, tooBig: string]> = {
  array: ['minItems', 'maxItems'],
  string: ['minLength', 'maxLength'],
};

const titleOf = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'required' : 'Invalid type';
    case 'invalid_value':
      return 'enum';
    case 'too_small':
      return SIZE_TITLES[issue.origin]?.[0] ?? 'minimum';
    case 'too_big':
      return SIZE_TITLES[issue.origin]?.[1] ?? 'maximum';
    case 'unrecognized_keys':
      return 'Unknown';
    case 'custom':
      return typeof issue.params?.title === 'string' ? issue.params.title : 'Invalid value';
    case 'invalid_union':
      return 'Invalid type';
    default:
      return 'Invalid value';
  }
};

const sourceOf = ([part, ...path]: readonly PropertyKey[]): ErrorSource =>
  part === 'params' || part === 'query' ? { parameter: String(path[0] ?? part) } : { pointer: pointer(path) };

/**
 * The faults as the API states them, the first 100 of them. The first element of each path is the part of the request: `params`, `query` or
 * `body`. Texts never repeat a value that was sent.
 */
export const issuesOf = (error: z.ZodError): Issue[] =>
  error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => ({ title: titleOf(issue), details: issue.message, source: sourceOf(issue.path) }));

const readers = new WeakMap<AnyOperation, Read<z.ZodType>>();

const readerOf = (row: AnyOperation): Read<z.ZodType> => {
  const known = readers.get(row);
  if (known) return known;
  const reader = readOften(z.object({ params: row.params, query: row.query, body: row.body }));
  readers.set(row, reader);
  return reader;
};

/**
 * Checks a request against its row: path, query and body at once.
 *
 * @param request anything at all: nothing about it is taken for granted.
 * @throws InvalidRequestError naming every fault with its pointer or parameter; never anything else.
 */
export const validate = <O extends AnyOperation>(row: O, request: unknown): Input<O> => {
  const read = readerOf(row)(request);
  if (!read.success) throw new InvalidRequestError(issuesOf(read.error));
  return read.data as Input<O>;
};
