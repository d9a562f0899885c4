import { InvalidRequestError } from '../../../contract/errors.ts';

/** What a body is; a `stub` names a thing and says nothing else of it. */
export type Kind = 'order' | 'customer' | 'stub';

const ORDER = ['order_key', 'status', 'line_items'];
const CUSTOMER = ['username', 'role', 'is_paying_customer'];

/**
 * What kind of thing a body is, by what it holds (commerce-platforms.md §3): topics are not signed.
 *
 * @throws InvalidRequestError for anything but the kinds that are followed.
 */
export const kindOf = (body: unknown): Kind => {
  const fields = typeof body === 'object' && body !== null ? body : {};
  const has = (names: readonly string[]): boolean => names.every((name) => Object.hasOwn(fields, name));
  if (has(['id']) && Object.keys(fields).length === 1) return 'stub';
  if (has(ORDER)) return 'order';
  if (has(CUSTOMER)) return 'customer';
  throw new InvalidRequestError([
    {
      title: 'Invalid type',
      details: 'expected an order or a customer of the REST API, version 3: set it as the API version of the webhook',
      source: { pointer: '' },
    },
  ]);
};
