import type { CompleteContext } from '../../platform.ts';
import { type ApiAnswer, type ApiRead, readApi } from '../../platform-api.ts';

/** Shopify answers as an older version would, once it no longer has this one. */
const API_VERSION = '2026-07';

/** Reads one thing of the shop's Admin API; its secret is an access token. @throws as `readApi` does. */
export const readAdmin = <T>(request: Omit<ApiRead<T>, 'headers'>, context: CompleteContext): Promise<ApiAnswer<T>> =>
  readApi(
    {
      ...request,
      path: `/admin/api/${API_VERSION}${request.path}`,
      headers: { 'x-shopify-access-token': context.apiSecret },
    },
    context,
  );
