import * as z from 'zod';
import { UnauthorizedError } from '../../../contract/errors.ts';
import { reader } from '../../fields.ts';
import type { Shop } from '../../shops.ts';
import type { Scheme } from './scheme.ts';

/** What a delivery is about, by the part of its type that says what was saved. */
export type Subject = 'order' | 'credit memo' | 'invoice' | 'customer' | 'deleted customer' | undefined;

/** What was delivered, out of its envelope. */
export interface Enveloped {
  readonly subject: Subject;
  /** The fields that the merchant chose to send. */
  readonly value: unknown;
}

const SUBJECTS = new Map<string, Subject>([
  ['observer.sales_order_place_after', 'order'],
  ['observer.sales_order_save_after', 'order'],
  ['observer.sales_order_save_commit_after', 'order'],
  ['observer.checkout_submit_all_after', 'order'],
  ['plugin.magento.sales.api.order_management.place', 'order'],
  ['plugin.magento.sales.api.order_repository.save', 'order'],
  ['observer.sales_order_invoice_save_after', 'invoice'],
  ['observer.sales_order_invoice_save_commit_after', 'invoice'],
  ['observer.sales_order_invoice_pay', 'invoice'],
  ['observer.sales_order_creditmemo_save_after', 'credit memo'],
  ['observer.sales_order_creditmemo_save_commit_after', 'credit memo'],
  ['observer.sales_order_creditmemo_refund', 'credit memo'],
  ['observer.customer_save_after', 'customer'],
  ['observer.customer_save_commit_after', 'customer'],
  ['plugin.magento.customer.api.customer_repository.save', 'customer'],
  ['observer.customer_delete_after', 'deleted customer'],
  ['observer.customer_delete_commit_after', 'deleted customer'],
]);

const PREFIX = 'com.adobe.commerce.';

/** The name of the recipient; CloudEvents of their own have no room for underscores. */
const recipient = { recipient_client_id: z.unknown().optional(), recipientclientid: z.unknown().optional() };

const CloudEvent = z.object({ type: z.string(), data: z.object({ value: z.unknown().optional() }).nullish() });

const Fields = z.record(z.string(), z.unknown());

const readWrapped = reader(z.object({ ...recipient, event: CloudEvent }));
const readBare = reader(CloudEvent.extend(recipient));
const readWebhook = reader(
  z.looseObject({ ...recipient, order: Fields.nullish(), data: z.object({ order: Fields.nullish() }).nullish() }),
);

/**
 * Takes out of a body what was saved: of an event, by the type in it; of a webhook, which has none, the order.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when it is meant for somebody else.
 */
export const openEnvelope = (body: unknown, scheme: Scheme, shop: Shop): Enveloped => {
  if (scheme === 'commerce-webhook') {
    const { order, data, ...rest } = readWebhook(body);
    if (recipientsIn(rest).length > 0) assertRecipient(rest, shop);
    const value = order ?? data?.order ?? rest;
    // Other hooks of the shop have ids too, of other things.
    return { subject: Object.hasOwn(value, 'increment_id') ? 'order' : undefined, value };
  }
  const isWrapped = typeof body === 'object' && body !== null && Object.hasOwn(body, 'event');
  const { event, ...rest } = isWrapped ? readWrapped(body) : bare(body);
  assertRecipient(rest, shop);
  const name = event.type.startsWith(PREFIX) ? event.type.slice(PREFIX.length) : '';
  return { subject: SUBJECTS.get(name), value: event.data?.value };
};

const bare = (body: unknown) => {
  const { type, data, ...rest } = readBare(body);
  return { event: { type, data }, ...rest };
};

type Recipient = Partial<Record<keyof typeof recipient, unknown>>;

const recipientsIn = ({ recipient_client_id, recipientclientid }: Recipient): unknown[] =>
  [recipient_client_id, recipientclientid].filter((each) => each !== undefined);

/** Adobe signs for all of its customers alike: an event that names nobody, or anybody else, may be another's. */
const assertRecipient = (named: Recipient, { shopId }: Shop): void => {
  const recipients = recipientsIn(named);
  if (recipients.length === 0 || recipients.some((each) => each !== shopId)) throw new UnauthorizedError();
};
