import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../contract/errors.ts';
import type { Target } from './build.ts';
import { authentication, type Credentials } from './credentials.ts';
import type { RetryOptions } from './retry.ts';
import { nodeTransport, type Transport } from './transport.ts';

/** What a client is made of. Only `url` and `credentials` are needed. */
export interface ClientOptions {
  /** Where the API is: `https://promotions.example`, with a path if the rows' paths are below one. */
  readonly url: string;
  readonly credentials: Credentials;
  /** What one try may take, to the last byte of the answer. @default 10000 */
  readonly timeoutMs?: number;
  /** What a call may take in all, with its waits and repeats. @default 30000 */
  readonly deadlineMs?: number;
  /** How often and how soon a request is sent again. @default 2 retries, after about 100 and 200 ms */
  readonly retry?: RetryOptions;
  /** A larger answer is not read. @default 10000000 */
  readonly maxAnswerBytes?: number;
  /** Sends the requests, in place of node:http and node:https. */
  readonly transport?: Transport;
  readonly now?: () => Date;
  /** From 0 to 1, as `Math.random`. */
  readonly random?: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** The options with everything said. */
export interface Settings {
  readonly target: Target;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly retry: Required<RetryOptions>;
  readonly maxAnswerBytes: number;
  readonly transport: Transport;
  now(): Date;
  random(): number;
  pause(ms: number): Promise<unknown>;
}

/** Puts the defaults in. @throws ConfigurationError naming the option that is wrong, never its value. */
export const settings = (options: ClientOptions): Settings => {
  const url = addressOf(options.url);
  return {
    target: {
      base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
      authentication: authentication(options.credentials),
    },
    timeoutMs: atLeast(1, 'timeoutMs', options.timeoutMs ?? 10_000),
    deadlineMs: atLeast(1, 'deadlineMs', options.deadlineMs ?? 30_000),
    retry: {
      retries: atLeast(0, 'retry.retries', options.retry?.retries ?? 2),
      firstMs: atLeast(0, 'retry.firstMs', options.retry?.firstMs ?? 100),
      mostMs: atLeast(0, 'retry.mostMs', options.retry?.mostMs ?? 2_000),
    },
    maxAnswerBytes: atLeast(1, 'maxAnswerBytes', options.maxAnswerBytes ?? 10_000_000),
    transport: options.transport ?? nodeTransport(url.origin),
    now: options.now ?? (() => new Date()),
    random: options.random ?? Math.random,
    pause: options.pause ?? sleep,
  };
};

const addressOf = (text: string): URL => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new ConfigurationError('url: expected http:// or https://');
  if (url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError('url: expected scheme, host, port and path only');
  }
  return url;
};

const atLeast = (least: number, name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ConfigurationError(`${name}: expected a whole number of at least ${least}`);
};
