import * as z from 'zod';
import { reader } from '../../fields.ts';
import { idOf, referenceTo } from './fields.ts';

/** Refunds and disputes say which payment they take back. One of before there were payment intents cannot be followed. */
const payment = { payment_intent: referenceTo('pi').nullish() };

const byPayment = (fields: { readonly payment_intent?: string | null | undefined }): string | undefined =>
  fields.payment_intent ? `payment/${fields.payment_intent}` : undefined;

const readCheckout = reader(z.object({ object: z.literal('checkout.session').optional(), id: idOf('cs') }));
const readPayment = reader(z.object({ object: z.literal('payment_intent').optional(), id: idOf('pi') }));
const readCharge = reader(z.object({ object: z.literal('charge').optional(), ...payment }));
const readRefund = reader(z.object({ object: z.literal('refund').optional(), ...payment }));
const readDispute = reader(
  z.object({ object: z.literal('dispute').optional(), ...payment, status: z.string().nullish() }),
);
const readInvoice = reader(
  z.object({ object: z.literal('invoice').optional(), id: idOf('in'), billing_reason: z.string().nullish() }),
);
const readCustomer = reader(z.object({ object: z.literal('customer').optional(), id: idOf('cus') }));

/** The only invoices that no checkout tells of: a subscription's, after its first (commerce-platforms.md §10). */
const RENEWAL = 'subscription_cycle';

/**
 * What is to be read for an object, which may be a whole one or no more than its id. Undefined for what is not followed:
 * an invoice that is no renewal, a dispute that was not lost, and all other objects.
 *
 * @throws InvalidRequestError when the object is another than was said.
 */
export const resourceOf = (type: string, object: unknown): string | undefined => {
  switch (type) {
    case 'checkout.session':
      return `checkout/${readCheckout(object).id}`;
    case 'payment_intent':
      return `payment/${readPayment(object).id}`;
    case 'charge':
      return byPayment(readCharge(object));
    case 'refund':
      return byPayment(readRefund(object));
    case 'dispute': {
      const dispute = readDispute(object);
      return dispute.status === 'lost' ? byPayment(dispute) : undefined;
    }
    case 'invoice': {
      const { id, billing_reason } = readInvoice(object);
      return billing_reason && billing_reason !== RENEWAL ? undefined : `invoice/${id}`;
    }
    case 'customer':
      return `customer/${readCustomer(object).id}`;
    default:
      return undefined;
  }
};
