import { hash } from 'node:crypto';
import * as z from 'zod';
import { customerDeleted } from '../../customer-deleted.ts';
import type { CommerceEvent, Delivery } from '../../event.ts';
import { BEFORE_ALL, OptionalId, reader } from '../../fields.ts';
import { readJson } from '../../json.ts';
import type { InterpretContext } from '../../platform.ts';
import { customerOf, readCustomer } from './customer.ts';
import { openEnvelope } from './envelope.ts';
import { Timestamp } from './fields.ts';
import { orderOf, readOrder } from './order.ts';
import { schemeOf } from './scheme.ts';
import { isWholeOrder } from './whole-order.ts';

/**
 * Says what a delivery tells (commerce-platforms.md §5): a picture where the merchant chose enough fields, else what to
 * read. Empty for what is not followed, and for what has no id yet.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when it is meant for another client.
 */
export const interpret = (
  { headers, body: bytes }: Pick<Delivery, 'headers' | 'body'>,
  context: InterpretContext,
): CommerceEvent[] => {
  const { shop } = context;
  const { subject, value: sent } = openEnvelope(readJson(bytes), schemeOf({ headers }), shop);
  if (subject === undefined) return [];
  const { order, ...value } = readValue(sent);
  const fields = subject === 'order' && isRecord(order) ? order : value;

  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name };
  if (subject === 'order' && isWholeOrder(fields, shop.currency, shop.prices === 'gross')) {
    const whole = readOrder(fields);
    return [
      { ...base, type: 'order', version: { updatedAt: whole.updated_at, digest }, order: orderOf(whole, [], context) },
    ];
  }
  const named = readNames(fields);
  const version = { updatedAt: named.updated_at ?? BEFORE_ALL, digest };
  if (subject === 'customer' && named.updated_at) {
    return [{ ...base, type: 'customer', version, customer: customerOf(readCustomer(fields), context) }];
  }
  if (subject === 'deleted customer') {
    const customer = named.entity_id ?? named.id;
    return customer === undefined ? [] : customerDeleted({ ...base, version }, customer, context);
  }
  const kind = subject === 'customer' ? 'customer' : 'order';
  const id = subject === 'invoice' || subject === 'credit memo' ? named.order_id : (named.entity_id ?? named.id);
  return id === undefined ? [] : [{ ...base, type: 'thin', version, resource: `${kind}/${id}` }];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readValue = reader(z.looseObject({ order: z.unknown().optional() }));

const readNames = reader(
  z.object({ entity_id: OptionalId, id: OptionalId, order_id: OptionalId, updated_at: Timestamp.nullish() }),
);
