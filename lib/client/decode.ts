import type * as z from 'zod';
import { type UpstreamCall, UpstreamError } from '../contract/errors.ts';
import type { AnyOperation } from '../contract/operation.ts';
import { pointer } from '../contract/validate.ts';
import { refusal } from './refusal.ts';
import type { WireResponse } from './transport.ts';

/**
 * What the answer to a row's request says: the body that its success schema accepts, unknown fields kept.
 *
 * @throws ApiError as the server refused; UpstreamError for an answer that is not of the contract.
 */
export const decode = (row: AnyOperation, response: WireResponse): unknown => {
  const upstream: UpstreamCall = { method: row.method, path: row.path, status: response.status };
  if (response.status < 200 || response.status > 299) throw refusal(response, upstream);
  const content = contentOf(response, upstream);
  if (content === undefined && response.status !== 204 && row.success.status !== 204) {
    throw new UpstreamError('the answer is empty', upstream, 'park');
  }
  const strict = row.success.body.safeParse(content);
  const read = strict.success ? strict : row.success.body.safeParse(withoutNulls(content, strict.error));
  if (read.success) return read.data;
  throw new UpstreamError(`the answer is not of the contract: ${faults(read.error)}`, upstream, 'park');
};

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

const contentOf = ({ status, headers, body }: WireResponse, upstream: UpstreamCall): unknown => {
  if (status === 204 || body === '') return undefined;
  // A page in place of an answer comes from something in between or from a wrong address, and passes when that is mended.
  if (!JSON_TYPE.test(String(headers['content-type'] ?? ''))) {
    throw new UpstreamError('the answer is not announced as application/json', upstream, 'retry');
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new UpstreamError('the answer is not JSON', upstream, 'retry');
  }
};

/** Servers say `null` where nothing is; the contract leaves it out. What is required stays missing. */
const withoutNulls = (content: unknown, { issues }: z.ZodError): unknown => {
  const copy: unknown = structuredClone(content);
  for (const { path } of issues) {
    const name = path.at(-1);
    const parent = path.slice(0, -1).reduce<unknown>((part, key) => fieldOf(part, key), copy);
    if (name !== undefined && fieldOf(parent, name) === null) Reflect.deleteProperty(parent as object, name);
  }
  return copy;
};

const fieldOf = (part: unknown, name: PropertyKey): unknown =>
  typeof part === 'object' && part !== null && Object.hasOwn(part, name)
    ? (part as Record<PropertyKey, unknown>)[name]
    : undefined;

const NAMED = 3;

/** The first places that the schema refuses, and how; nothing of what is there. */
const faults = ({ issues }: z.ZodError): string => {
  const named = issues.slice(0, NAMED).map(({ path, code }) => `${pointer(path) || 'the whole'} (${code})`);
  return [...named, ...(issues.length > NAMED ? [`${issues.length - NAMED} more`] : [])].join(', ');
};
