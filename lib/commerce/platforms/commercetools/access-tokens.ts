import * as z from 'zod';
import { ConfigurationError } from '../../../contract/errors.ts';
import { reader } from '../../fields.ts';
import { patiently } from '../../patience.ts';
import type { CompleteContext } from '../../platform.ts';
import { requestJson } from '../../platform-api.ts';
import type { Shop } from '../../shops.ts';

const readToken = reader(z.object({ access_token: z.string().min(1).max(10_000) }));

/** More shops than one stage has. */
const MAX_TOKENS = 100;

/** An access token of the shop's API client. */
export interface Access {
  readonly token: string;
  /** Whether it was had before: it may have run out since. */
  readonly kept: boolean;
  /** Forgets it. */
  discard(): void;
}

/**
 * Gets an access token for the shop's `clientId:clientSecret` (OAuth 2.0 client credentials).
 *
 * @throws ConfigurationError when shops.yaml does not say where; UpstreamError, UpstreamTimeoutError (rejects) when none
 * is given.
 */
export type AccessTokens = (context: CompleteContext) => Promise<Access>;

/** Gets tokens and keeps them for the next time. */
export const accessTokens = (): AccessTokens => {
  const tokens = new Map<string, string>();
  return async (context) => {
    const place = context.shop.api?.token;
    if (!place) {
      throw new ConfigurationError(
        `shops.yaml: ${context.name} needs \`api.token\` to read what its messages leave out`,
      );
    }
    const key = JSON.stringify([place, context.apiSecret]);
    const known = tokens.get(key);
    const token = known ?? (await request(place, context));
    if (tokens.size >= MAX_TOKENS) tokens.clear();
    tokens.set(key, token);
    return { token, kept: known !== undefined, discard: () => void tokens.delete(key) };
  };
};

type Place = NonNullable<NonNullable<Shop['api']>['token']>;

const request = async ({ url, scope }: Place, { apiSecret, fetch, wait }: CompleteContext): Promise<string> => {
  const asking = () =>
    requestJson(
      {
        url: new URL(url),
        path: new URL(url).pathname,
        headers: {
          authorization: `Basic ${Buffer.from(apiSecret).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
        read: readToken,
      },
      fetch,
    );
  return (await patiently(asking, wait)).content.access_token;
};
