import type { CommerceEvent } from '../commerce/event.ts';
import type { Platform } from '../commerce/platform.ts';
import type { Shop } from '../commerce/shops.ts';
import { ApiError } from '../contract/errors.ts';
import { retryAfterMs } from '../contract/retry-after.ts';
import type { Segment } from '../store/segment.ts';

/** An event that says too little by itself. */
export type ThinEvent = Extract<CommerceEvent, { type: 'thin' }>;

/** The platforms whose events can be completed, by name, each loaded when it is asked for. */
export type Platforms = ReadonlyMap<string, () => Promise<Pick<Platform, 'complete'>>>;

/** What completing needs. */
export interface CompleteDeps {
  readonly platforms: Platforms;
  readonly segment: Segment;
  /** The value of the secret that a shop's `api` names. @throws ConfigurationError when it is not there. */
  apiSecret(name: string): Promise<string>;
  readonly fetch: typeof fetch;
  now(): Date;
  /** When other servers must have answered; undefined where nobody says. */
  readonly deadline: Date | undefined;
}

/** What all that is read for one event may take, where the consumer has as much time. */
const MOST_MS = 15_000;

/**
 * Reads from the platform what a thin event leaves out.
 *
 * @returns undefined where nobody can: the platform has no way, or shops.yaml names no `api` for the shop.
 * @throws what the platform's `complete` throws, an ApiError with what the platform asked for in `Retry-After`; an error
 * named TimeoutError when it took longer than there was time for, or 15 seconds.
 */
export const complete = async (
  event: ThinEvent,
  shop: Shop,
  { platforms, segment, apiSecret, fetch, now, deadline }: CompleteDeps,
): Promise<readonly CommerceEvent[] | undefined> => {
  const platform = shop.api && (await platforms.get(shop.platform)?.());
  if (!platform?.complete || !shop.api) return undefined;
  const left = deadline ? deadline.getTime() - now().getTime() : MOST_MS;
  const reading = readingWithin(Math.max(0, Math.min(left, MOST_MS)), fetch);
  try {
    return await platform.complete(event, {
      name: event.shop,
      shop,
      pseudonym: (identifier) => segment('guest', identifier),
      fetch: reading.fetch,
      apiSecret: await apiSecret(shop.api.secret),
    });
  } catch (error) {
    const asked = retryAfterMs(reading.retryAfter(), now());
    if (asked !== undefined && error instanceof ApiError && error.upstream) {
      error.upstream = { ...error.upstream, retryAfterMs: error.upstream.retryAfterMs ?? asked };
    }
    throw error;
  }
};

/** A fetch that gives up when the time is over, however many requests share it, and remembers the last `Retry-After`. */
const readingWithin = (ms: number, fetch: typeof globalThis.fetch) => {
  const over = AbortSignal.timeout(ms);
  let retryAfter: string | null = null;
  const within: typeof fetch = async (input, init) => {
    const signal = init?.signal ? AbortSignal.any([init.signal, over]) : over;
    const response = await fetch(input, { ...init, signal });
    retryAfter = response.headers.get('retry-after');
    return response;
  };
  return { fetch: within, retryAfter: () => retryAfter ?? undefined };
};
