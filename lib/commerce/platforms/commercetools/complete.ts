import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import type { ApiAnswer } from '../../platform-api.ts';
import { cartOf, readCart } from './cart.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { type ReadProject, WITH_CODES } from './read-project.ts';

/**
 * Makes what reads the cart, order or customer that a thin event names, as it is now. Empty for a cart that became an order or was
 * merged into another.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does.
 */
export const completer =
  (read: ReadProject) =>
  async (
    { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
    context: CompleteContext,
  ): Promise<CommerceEvent[]> => {
    const [kind, key = ''] = resource.split('/');
    const base = { id, shop };
    const params = { id: key };
    switch (kind) {
      case 'order': {
        const answer = await read({ path: '/orders/{id}', params, query: WITH_CODES, read: readOrder }, context);
        return [{ ...base, type: 'order', version: versionOf(answer), order: orderOf(answer.content, context) }];
      }
      case 'cart': {
        const answer = await read({ path: '/carts/{id}', params, query: WITH_CODES, read: readCart }, context);
        const cart = cartOf(answer.content, context);
        return cart ? [{ ...base, type: 'cart', version: versionOf(answer), cart }] : [];
      }
      case 'customer': {
        const answer = await read({ path: '/customers/{id}', params, read: readCustomer }, context);
        return [
          { ...base, type: 'customer', version: versionOf(answer), customer: customerOf(answer.content, context) },
        ];
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
