import { UpstreamError } from '../../../contract/errors.ts';
import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { type ApiAnswer, readApi } from '../../platform-api.ts';
import type { AccessTokens } from './access-tokens.ts';
import { cartOf, readCart } from './cart.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';

/** Without it a discount code is told by its id alone. */
const WITH_CODES = { expand: 'discountCodes[*].discountCode' };

/**
 * Makes what reads the cart, order or customer that a thin event names, as it is now. Empty for a cart that became an order or was
 * merged into another.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does.
 */
export const completer =
  (tokens: AccessTokens) =>
  async (
    { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
    context: CompleteContext,
  ): Promise<CommerceEvent[]> => {
    const read = reading(tokens, context);
    const [kind, key = ''] = resource.split('/');
    const base = { id, shop };
    switch (kind) {
      case 'order': {
        const answer = await read('orders', key, readOrder);
        return [{ ...base, type: 'order', version: versionOf(answer), order: orderOf(answer.content, context) }];
      }
      case 'cart': {
        const answer = await read('carts', key, readCart);
        const cart = cartOf(answer.content, context);
        return cart ? [{ ...base, type: 'cart', version: versionOf(answer), cart }] : [];
      }
      case 'customer': {
        const answer = await read('customers', key, readCustomer);
        return [{ ...base, type: 'customer', version: versionOf(answer), customer: customerOf(answer.content) }];
      }
      default:
        return [];
    }
  };

interface Versioned {
  readonly version: number;
  readonly lastModifiedAt: string;
}

const versionOf = ({ content, digest }: ApiAnswer<Versioned>) => ({
  revision: content.version,
  updatedAt: content.lastModifiedAt,
  digest,
});

type Things = 'orders' | 'carts' | 'customers';

const reading = (tokens: AccessTokens, context: CompleteContext) => {
  const read = async <T>(things: Things, id: string, take: (body: unknown) => T): Promise<ApiAnswer<T>> => {
    const access = await tokens(context);
    try {
      return await readApi(
        {
          path: `/{projectKey}/${things}/{id}`,
          params: { projectKey: context.shop.shopId, id },
          ...(things !== 'customers' && { query: WITH_CODES }),
          headers: { authorization: `Bearer ${access.token}` },
          read: take,
        },
        context,
      );
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.upstream?.status !== 401) throw error;
      // Tokens run out; one that was just given is refused for another reason.
      access.discard();
      if (!access.kept) throw error;
      return read(things, id, take);
    }
  };
  return read;
};
