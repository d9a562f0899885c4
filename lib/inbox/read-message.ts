import * as z from 'zod';
import { pointer } from '../contract/validate.ts';
import { CommerceEventSchema } from './commerce-event.ts';
import { ParkError } from './park.ts';
import { queuedRequest } from './queued-request.ts';

const receivedAt = z.iso.datetime();

const CommerceMessage = z.object({
  /** 2 where `effects` is there: code that knows of none would publish them. */
  v: z.literal([1, 2]),
  kind: z.literal('commerce-event'),
  event: CommerceEventSchema,
  receivedAt,
  /** The event is applied as any other, and what it brings about is published to nobody. */
  effects: z.literal('none').optional(),
  /** We asked the platform for it: nobody delivered it. */
  listed: z.literal(true).optional(),
  /** Where it was held while its shop was paused. */
  held: z.string().optional(),
});

/** An event on its way. */
export type CommerceMessage = z.output<typeof CommerceMessage>;

const OperationMessage = z.object({
  v: z.literal(1),
  kind: z.literal('operation'),
  application: z.int().positive(),
  operation: z.string().min(1),
  request: z.object(queuedRequest),
  requestId: z.string().min(1).max(200),
  receivedAt,
});

/** A call of an operation that waits in the inbox. */
export type OperationMessage = z.output<typeof OperationMessage>;

const PrivacyMessage = z
  .object({
    v: z.literal(1),
    kind: z.literal('privacy'),
    request: z.enum(['erasure', 'access']),
    /** Whose profiles: those of an environment, or of the one of an Application. */
    environment: z.enum(['live', 'sandbox']).optional(),
    application: z.int().positive().optional(),
    profile: z.string().min(1).max(1000),
    /** What the sender calls the request: sent again under the same id, it is the same request. */
    sourceId: z.string().min(1).max(200),
    regulation: z.enum(['gdpr', 'ccpa']).default('gdpr'),
    receivedAt,
  })
  .refine(({ environment, application }) => (environment === undefined) !== (application === undefined), {
    path: ['environment'],
    message: 'expected either this or an application',
  });

/** A person's wish that waits in the inbox: to be erased, or shown what is held of them. */
export type PrivacyMessage = z.output<typeof PrivacyMessage>;

/** Everything that the inbox holds, by `kind`; `v` rises when old code could misread new messages. */
export type Message = z.output<typeof Message>;
const Message = z.discriminatedUnion('kind', [CommerceMessage, OperationMessage, PrivacyMessage]);

/**
 * Reads a message.
 *
 * @throws ParkError `unknown-version` for what newer code wrote, `unreadable` for anything else that is no message. Its
 * text names faults by path, never a value.
 */
export const readMessage = (body: string): Message => {
  const content = parse(body);
  const { v: version, kind } = (content ?? {}) as { readonly v?: unknown; readonly kind?: unknown };
  const newest = kind === 'operation' || kind === 'privacy' ? 1 : 2;
  if (typeof version === 'number' && version > newest) throw new ParkError('unknown-version', `version ${version}`);
  const read = Message.safeParse(content);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `${pointer(issue.path) || '/'}: ${issue.message}`);
  throw new ParkError('unreadable', faults.join('; '));
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own text quotes the body.
    throw new ParkError('unreadable', 'not JSON');
  }
};
