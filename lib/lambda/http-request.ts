import { TooLargeError } from '../contract/errors.ts';

/**
 * A request as API Gateway's HTTP API hands it over (payload format 2.0), as far as it is used. Nothing is taken for
 * granted: whatever is not as expected reads as absent.
 */
export interface HttpRequest {
  /** `GET` and its like; empty when the event does not say. */
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  /**
   * Decoded already, here and on AWS, and so taken as they are: decoded again, an id that holds a `%` would be another
   * id. The path itself is of no use: the local server hands over a raw one, AWS a decoded one. An HTTP API decodes a
   * path twice, refuses what is no encoding then, and cuts it at a decoded `?`, all before a function is asked
   * (captured from live ones: hotsock/voker, ingress-paths.json); no function can make up for that.
   */
  readonly params: Readonly<Record<string, string>>;
  /** A parameter that is sent several times is a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether an event is a request of an HTTP API. */
export const isHttpEvent = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && ('rawPath' in event || 'requestContext' in event);

/** Reads an event. */
export const httpRequest = (event: unknown): HttpRequest => {
  const { headers, body, isBase64Encoded, pathParameters, rawQueryString, queryStringParameters, requestContext } =
    event as Record<string, unknown>;
  const { method } = texts((requestContext as { http?: unknown } | null | undefined)?.http);
  const search = typeof rawQueryString === 'string' ? rawQueryString : texts(queryStringParameters);
  return {
    method: method ?? '',
    headers: texts(headers, (name) => name.toLowerCase()),
    ...(typeof body === 'string' && body !== '' && { body }),
    isBase64Encoded: isBase64Encoded === true,
    params: texts(pathParameters),
    query: queryOf(new URLSearchParams(search)),
  };
};

const texts = (values: unknown, nameOf = (name: string): string => name): Record<string, string> => {
  const found: Record<string, string> = Object.create(null);
  if (typeof values !== 'object' || values === null) return found;
  for (const [name, value] of Object.entries(values)) if (typeof value === 'string') found[nameOf(name)] = value;
  return found;
};

const queryOf = (search: URLSearchParams): HttpRequest['query'] =>
  Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const [first = '', ...more] = search.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );

/**
 * The body as it was sent, byte for byte.
 *
 * @throws TooLargeError when it is over `maxBytes`.
 */
export const rawBody = ({ body = '', isBase64Encoded }: HttpRequest, maxBytes: number): Buffer => {
  const encoding = isBase64Encoded ? 'base64' : 'utf8';
  if (Buffer.byteLength(body, encoding) > maxBytes) {
    throw new TooLargeError(`The body is over ${maxBytes} bytes`);
  }
  return Buffer.from(body, encoding);
};
