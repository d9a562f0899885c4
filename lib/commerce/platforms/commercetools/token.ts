import * as z from 'zod';
import { ConfigurationError } from '../../../contract/errors.ts';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { requestJson } from '../../platform-api.ts';

const readToken = reader(z.object({ access_token: z.string().min(1).max(10_000) }));

/** More shops than one stage has. */
const MAX_TOKENS = 100;

const tokens = new Map<string, string>();

/** An access token of the shop's API client. */
export interface Access {
  readonly token: string;
  /** Whether it was had before: it may have run out since. */
  readonly kept: boolean;
  /** Forgets it. */
  discard(): void;
}

/**
 * Gets an access token for `clientId:clientSecret` (OAuth 2.0 client credentials), and keeps it for the next time.
 *
 * @throws ConfigurationError when shops.yaml does not say where; UpstreamError, UpstreamTimeoutError (rejects) when none
 * is given.
 */
export const accessOf = async (context: CompleteContext): Promise<Access> => {
  const { name, shop, apiSecret, fetch } = context;
  const place = shop.api?.token;
  if (!place)
    throw new ConfigurationError(`shops.yaml: ${name} needs \`api.token\` to read what its messages leave out`);
  const key = JSON.stringify([place, apiSecret]);
  const discard = () => void tokens.delete(key);
  const known = tokens.get(key);
  if (known !== undefined) return { token: known, kept: true, discard };
  const { content } = await requestJson(
    {
      url: new URL(place.url),
      path: new URL(place.url).pathname,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(apiSecret).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: place.scope }).toString(),
      read: readToken,
    },
    fetch,
  );
  if (tokens.size >= MAX_TOKENS) tokens.clear();
  tokens.set(key, content.access_token);
  return { token: content.access_token, kept: false, discard };
};
