import * as z from 'zod';
import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Intake } from '../../event.ts';
import { Id, OptionalId, reader } from '../../fields.ts';
import { guestOf } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';

const named = {
  shop_id: Id,
  customer: z.object({ id: OptionalId, email: z.string().nullish() }).nullish(),
};

const readShop = reader(z.strictObject({ shop_id: Id, shop_domain: z.string().nullish() }));
const readRedact = reader(z.object({ ...named, orders_to_redact: z.array(Id).nullish() }));
const readRequest = reader(
  z.object({ ...named, orders_requested: z.array(Id).nullish(), data_request: z.object({ id: Id }) }),
);

type Wish = Omit<Intake, 'kind' | 'requestId'>;

/**
 * Reads the bodies of `customers/redact` and `customers/data_request` (commerce-platforms.md §1). Customer, address and
 * orders may each be missing; the address goes no further than its pseudonym. Which shop it is, the body says: the
 * header may be missing.
 *
 * @param delivery what to call a request that has no name.
 * @throws InvalidRequestError naming every fault; UnauthorizedError when the body names another shop.
 */
export const wishOf = (body: unknown, delivery: string, context: InterpretContext): Intake => {
  if (isDataRequest(body)) {
    const { shop_id, customer, orders_requested, data_request } = readRequest(body);
    assertShop(shop_id, context);
    return { kind: 'access', requestId: data_request.id, ...personOf(customer, orders_requested, context) };
  }
  const { shop_id, customer, orders_to_redact } = readRedact(body);
  assertShop(shop_id, context);
  return { kind: 'erasure', requestId: delivery, ...personOf(customer, orders_to_redact, context) };
};

/**
 * Reads the body of `shop/redact`. A body that holds anything beside the shop is about somebody, and not about everybody.
 *
 * @throws as `wishOf`.
 */
export const everybodyOf = (body: unknown, delivery: string, context: InterpretContext): Intake => {
  assertShop(readShop(body).shop_id, context);
  return { kind: 'erasure', requestId: delivery, guests: [], orders: [], everyone: true };
};

const isDataRequest = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'data_request');

const assertShop = (id: string, { shop }: InterpretContext): void => {
  if (id !== shop.shopId) throw new UnauthorizedError();
};

const personOf = (
  customer: z.output<typeof named.customer>,
  orders: readonly string[] | null | undefined,
  context: InterpretContext,
): Wish => {
  const { buyer } = guestOf([customer?.email], context);
  return {
    ...(customer?.id !== undefined && { customer: customer.id }),
    guests: buyer && 'guest' in buyer ? [buyer.guest] : [],
    orders: orders ?? [],
  };
};
