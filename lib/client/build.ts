import { InvalidRequestError, type Issue } from '../contract/errors.ts';
import type { AnyOperation } from '../contract/operation.ts';
import type { Authentication } from './credentials.ts';
import type { WireRequest } from './transport.ts';

/** A request of any row, as a caller writes it. */
export interface AnyRequest {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Where requests go, and as whom. */
export interface Target {
  /** Scheme, host, port and whatever stands before the rows' paths; no slash at its end. */
  readonly base: string;
  readonly authentication: Authentication;
}

/**
 * The request of a row as it goes over the wire. Pure.
 *
 * @throws InvalidRequestError for ids that no path can carry: an empty one would reach another operation, `.` and `..`
 * may be resolved by any proxy on the way, and half of a surrogate pair has no encoding.
 */
export const build = (row: AnyOperation, request: AnyRequest, { base, authentication }: Target): WireRequest => {
  const body = bodyOf(row, request.body, authentication);
  return {
    method: row.method,
    url: `${base}${pathOf(row.path, request.params)}${searchOf(request.query)}`,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      }),
      ...authentication.headers(body ?? ''),
    },
    ...(body !== undefined && { body }),
  };
};

const bodyOf = (row: AnyOperation, body: unknown, { signs }: Authentication): string | undefined =>
  body === undefined ? (signs && row.method === 'DELETE' ? '{}' : undefined) : JSON.stringify(body);

const pathOf = (path: string, params: AnyRequest['params']): string => {
  const issues: Issue[] = [];
  const filled = path.replace(/\{(\w+)\}/g, (_placeholder, name: string) => {
    const value = String(params[name] ?? '');
    const [title, details] = faultOf(value) ?? [];
    if (title === undefined) return encodeURIComponent(value);
    issues.push({ title, ...(details !== undefined && { details }), source: { parameter: name } });
    return '';
  });
  if (issues.length > 0) throw new InvalidRequestError(issues);
  return filled;
};

const faultOf = (value: string): readonly [title: string, details: string] | undefined => {
  if (value === '') return ['minLength', 'expected at least one character'];
  if (value === '.' || value === '..') return ['Invalid value', 'no path can carry . or .. safely'];
  return value.isWellFormed() ? undefined : ['Invalid value', 'holds half of a surrogate pair'];
};

const searchOf = (query: AnyRequest['query']): string => {
  let search = '';
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    search += `${search ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`;
  }
  return search;
};
