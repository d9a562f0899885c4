import { UpstreamError } from '../../../contract/errors.ts';
import type { CompleteContext } from '../../platform.ts';
import { type ApiAnswer, type ApiRead, readApi } from '../../platform-api.ts';
import type { AccessTokens } from './access-tokens.ts';

/** Without it a discount code is told by its id alone. */
export const WITH_CODES = { expand: 'discountCodes[*].discountCode' };

/** Reads one thing of the shop's project. @throws as `readApi` does. */
export type ReadProject = <T>(request: Omit<ApiRead<T>, 'headers'>, context: CompleteContext) => Promise<ApiAnswer<T>>;

/** Makes the reader of a project, which gets the access token. */
export const projectReader = (tokens: AccessTokens): ReadProject => {
  const read: ReadProject = async (request, context) => {
    const access = await tokens(context);
    try {
      return await readApi(
        {
          ...request,
          path: `/{projectKey}${request.path}`,
          params: { ...request.params, projectKey: context.shop.shopId },
          headers: { authorization: `Bearer ${access.token}` },
        },
        context,
      );
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.upstream?.status !== 401) throw error;
      // Tokens run out; one that was just given is refused for another reason.
      access.discard();
      if (!access.kept) throw error;
      return read(request, context);
    }
  };
  return read;
};
