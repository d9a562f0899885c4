import * as z from 'zod';
import { BEFORE_ALL, Instant, reader } from '../../fields.ts';
import { readJson } from '../../json.ts';
import { Id } from './cart.ts';

/** Reads what every notification says of itself. */
const readNotification = reader(
  z.object({
    notificationType: z.enum(['Message', 'ResourceCreated', 'ResourceUpdated', 'ResourceDeleted', 'Event']),
    projectKey: z.string(),
    type: z.string().nullish(),
    resource: z.object({ typeId: z.string(), id: Id }).nullish(),
    resourceVersion: z.int().positive().nullish(),
    version: z.int().positive().nullish(),
    createdAt: Instant.nullish(),
    modifiedAt: Instant.nullish(),
    payloadNotIncluded: z.object({}).nullish(),
    order: z.unknown().optional(),
    customer: z.unknown().optional(),
    email: z.string().nullish(),
    oldEmail: z.string().nullish(),
  }),
);

/** What a subscription tells. */
export type Notification = ReturnType<typeof readNotification>;

/**
 * Takes the notification out of one queue message: in commercetools' own format or as a CloudEvent, straight from the
 * subscription or by way of SNS or EventBridge (commerce-platforms.md §2).
 *
 * @throws InvalidRequestError naming every fault.
 */
export const notificationIn = (bytes: Uint8Array): Notification => {
  const outer = readJson(bytes);
  const { Type, Message, detail } = fieldsOf(outer);
  const told =
    Type === 'Notification' && typeof Message === 'string' ? readJson(Buffer.from(Message)) : (detail ?? outer);
  const { specversion, data } = fieldsOf(told);
  return readNotification(specversion !== undefined && data !== undefined ? data : told);
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** The place among the changes of the resource. A message counts its own versions too, which say nothing. */
export const placeOf = (notification: Notification): { readonly revision?: number; readonly updatedAt: string } => {
  const { notificationType, resourceVersion, version, createdAt, modifiedAt } = notification;
  const revision = notificationType === 'Message' ? resourceVersion : version;
  return { ...(revision && { revision }), updatedAt: modifiedAt ?? createdAt ?? BEFORE_ALL };
};
