import { hash } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import { customerDeleted } from '../../customer-deleted.ts';
import type { CommerceEvent, Delivery } from '../../event.ts';
import { guestLinks, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { hidesCodes } from './cart.ts';
import { customerOf, readCustomer } from './customer.ts';
import { type Notification, notificationIn, placeOf } from './notification.ts';
import { orderOf, readOrder } from './order.ts';

/** The things that are followed. */
const RESOURCES = new Set(['cart', 'order', 'customer']);

/** Tidying up in the project, which cancels no order. */
const isOver = ({ notificationType, type }: Notification): boolean =>
  notificationType === 'Event' || notificationType === 'ResourceDeleted' || type === 'OrderDeleted';

/** The messages that carry a whole order or customer; all others say what changed (commerce-platforms.md §2). */
const ORDERS = new Set(['OrderCreated', 'OrderCreatedFromRecurringOrder', 'OrderImported']);

/**
 * Says what one message of a subscription's queue tells. Empty for what is not followed: other resources, the test
 * notification (it is about the subscription itself), deleted orders, and events of Checkout and Import. Of a deleted cart
 * the id alone is told, so it is the session that has no name of the storefront's.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when it is of another project.
 */
export const interpret = ({ body: bytes }: Pick<Delivery, 'body'>, context: InterpretContext): CommerceEvent[] => {
  const notification = notificationIn(bytes);
  const { notificationType, projectKey, resource, type, payloadNotIncluded } = notification;
  if (projectKey !== context.shop.shopId) throw new UnauthorizedError();
  if (!resource || !RESOURCES.has(resource.typeId)) return [];

  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name };
  const told = { ...base, version: { ...placeOf(notification), digest } };
  if (notificationType === 'ResourceDeleted' && resource.typeId === 'cart') {
    const session = sessionNamed(undefined, [resource.id], context);
    return [{ ...told, type: 'activity', activity: { name: 'cart_deleted', session } }];
  }
  if (type === 'CustomerDeleted') return customerDeleted(told, resource.id, context);
  if (isOver(notification)) return [];
  const carries = notificationType === 'Message' && !payloadNotIncluded;
  if (carries && resource.typeId === 'order' && ORDERS.has(type ?? '') && notification.order !== undefined) {
    const order = readOrder(notification.order);
    if (!hidesCodes(order)) {
      const version = { revision: order.version, updatedAt: order.lastModifiedAt, digest };
      return [{ ...base, type: 'order', version, order: orderOf(order, context) }];
    }
  }
  if (carries && type === 'CustomerCreated' && notification.customer !== undefined) {
    const customer = readCustomer(notification.customer);
    const version = { revision: customer.version, updatedAt: customer.lastModifiedAt, digest };
    return [{ ...base, type: 'customer', version, customer: customerOf(customer, context) }];
  }
  const { links } = guestLinks([notification.email, notification.oldEmail], context);
  return [
    ...(type === 'CustomerEmailChanged' && links
      ? [
          {
            ...told,
            type: 'activity',
            activity: { name: 'customer_linked', customer: resource.id, links },
          } satisfies CommerceEvent,
        ]
      : []),
    { ...told, type: 'thin', resource: `${resource.typeId}/${resource.id}` },
  ];
};
