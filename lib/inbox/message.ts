import type { CommerceEvent } from '../commerce/event.ts';
import type { CommerceMessage, Message, OperationMessage, PrivacyMessage } from './read-message.ts';

/** The text of a message that carries a commerce event. */
export const commerceMessage = (
  event: CommerceEvent,
  received: Date,
  { effects, listed }: Pick<CommerceMessage, 'effects' | 'listed'> = {},
): string =>
  JSON.stringify({
    v: effects ? 2 : 1,
    kind: 'commerce-event',
    event,
    receivedAt: received.toISOString(),
    ...(effects && { effects }),
    ...(listed && { listed }),
  } satisfies Message);

/** The text of a message that carries a call. */
export const operationMessage = (message: Omit<OperationMessage, 'v' | 'kind'>): string =>
  JSON.stringify({ v: 1, kind: 'operation', ...message } satisfies Message);

/** The text of a message that asks for erasure or access. */
export const privacyMessage = (message: Omit<PrivacyMessage, 'v' | 'kind'>): string =>
  JSON.stringify({ v: 1, kind: 'privacy', ...message } satisfies Message);

/** The text of a message that comes back from where it was held. */
export const heldMessage = (body: string, held: string): string => JSON.stringify({ ...JSON.parse(body), held });

/** The text of a parked message that is tried again: wherever it was held, it no longer is. */
export const retriedMessage = (body: string): string => {
  try {
    const { held, ...message } = JSON.parse(body) as { readonly held?: unknown };
    return held === undefined ? body : JSON.stringify(message);
  } catch {
    return body;
  }
};
