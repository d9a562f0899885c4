import httpJsonBodyParser from '@middy/http-json-body-parser';
import { InvalidRequestError, UnsupportedMediaTypeError } from '../contract/errors.ts';

/** Far deeper than anything that the API knows. */
const MAX_DEPTH = 32;

/** What is parsed: a request on its way, whose body turns from bytes into a value. */
export interface Parsed {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as sent; then what they say. */
  body: unknown;
  /** Never: bytes are bytes. */
  readonly isBase64Encoded: false;
}

/**
 * Middleware that reads a JSON body with the parser that the design names, and puts its errors into the API's words. No
 * body is `undefined`, whatever the content type: clients announce JSON on requests without a body (wire-facts.md), and
 * whether there may be none is the row's business.
 *
 * It throws UnsupportedMediaTypeError for a body that is not announced as JSON, and InvalidRequestError for one that is
 * no JSON, no UTF-8, nested too deeply or tries to set a prototype.
 */
export const jsonBody = (): { before(request: { event: Parsed }): void } => {
  const parser = httpJsonBodyParser().before as unknown as (request: { event: Parsed }) => void;
  return {
    before: ({ event }) => {
      const bytes = event.body as Uint8Array;
      event.body = bytes.length === 0 ? undefined : textOf(bytes);
      if (event.body === undefined) return;
      if (isTooDeep(event.body as string)) throw invalid(`nested more than ${MAX_DEPTH} levels deep`);
      const plain = plainly(event.body as string, event.headers['content-type']);
      if (plain !== undefined) {
        event.body = plain;
        return;
      }
      try {
        parser({ event });
      } catch (error) {
        const { statusCode, message } = error as { statusCode?: number; message?: string };
        if (statusCode === 415) throw new UnsupportedMediaTypeError();
        throw invalid(message === 'Forbidden key in JSON body' ? 'holds a key that is not allowed' : 'not JSON');
      }
    },
  };
};

const invalid = (details: string) =>
  new InvalidRequestError([{ title: 'Invalid JSON', details, source: { pointer: '' } }]);

const COMMON_TYPE = /^application\/json(;|$)/i;

/** The name of a key that the parser refuses, or any of its characters escaped. */
const MAY_BE_REFUSED = /__proto__|constructor|\\u00/;

/**
 * What the parser would read, without its look at every key, which takes six times as long as all the reading. Undefined
 * for whatever it might refuse.
 */
const plainly = (text: string, type = ''): unknown => {
  if (!COMMON_TYPE.test(type) || MAY_BE_REFUSED.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

// The parser would replace bytes that are no UTF-8, and so accept and store something that nobody sent.
const utf8 = new TextDecoder('utf-8', { fatal: true });

const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid('not UTF-8');
  }
};

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = ['"', '\\', '[', ']', '{', '}'].map(
  (text) => text.charCodeAt(0),
);

/** Looks at brackets outside of texts only; whether they match is the parser's business. */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return false;
};
