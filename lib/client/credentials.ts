import { createHmac } from 'node:crypto';
import { ConfigurationError } from '../contract/errors.ts';

/**
 * How the client proves who it is (semantics.md §8): a key of the Application, a key with which each body is signed
 * (`key` in hexadecimal, `signer` the Application's id), or a token.
 */
export type Credentials =
  | { readonly apiKey: string }
  | { readonly signer: string | number; readonly key: string }
  | { readonly bearer: string };

/** How requests are authenticated. */
export interface Authentication {
  /** The headers that go with exactly this body. */
  headers(body: string): Readonly<Record<string, string>>;
  /** Whether a DELETE carries `{}` where there is no body: servers check the signature of that (semantics.md H2). */
  readonly signs: boolean;
}

const VISIBLE = /^[\x21-\x7e]+$/;
const HEXADECIMAL = /^([\da-f]{2})+$/i;

const check = (value: unknown, form: RegExp, message: string): string => {
  if (typeof value !== 'string' || !form.test(value)) throw new ConfigurationError(`credentials.${message}`);
  return value;
};

const fixed = (authorization: string): Authentication => ({ headers: () => ({ authorization }), signs: false });

const KINDS = ['apiKey', 'bearer', 'key'];

/** Reads credentials of one kind. @throws ConfigurationError naming the one that cannot be sent, never its value. */
export const authentication = (credentials: Credentials): Authentication => {
  if (KINDS.filter((kind) => kind in (credentials ?? {})).length !== 1) {
    throw new ConfigurationError('credentials: expected either apiKey, or bearer, or signer and key');
  }
  if ('apiKey' in credentials) {
    return fixed(`ApiKey-v1 ${check(credentials.apiKey, VISIBLE, 'apiKey: expected visible ASCII characters')}`);
  }
  if ('bearer' in credentials) {
    return fixed(`Bearer ${check(credentials.bearer, VISIBLE, 'bearer: expected visible ASCII characters')}`);
  }
  const signer = check(String(credentials.signer), /^[\w.-]+$/, 'signer: expected the id of an Application');
  const key = Buffer.from(check(credentials.key, HEXADECIMAL, 'key: expected hexadecimal digits, in pairs'), 'hex');
  return {
    headers: (body) => {
      const signature = createHmac('md5', key).update(body, 'utf8').digest('hex');
      return { 'content-signature': `signer=${signer}; signature=${signature}` };
    },
    signs: true,
  };
};
