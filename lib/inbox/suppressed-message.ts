import type { CommerceEvent } from '../commerce/event.ts';
import { profileOf } from '../commerce/mapping.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import { SuppressedError, UnknownApplicationError } from '../contract/errors.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { suppressedOf } from '../privacy/suppression.ts';
import type { IncomingMessage } from './queue.ts';
import { type CommerceMessage, type Message, type OperationMessage, readMessage } from './read-message.ts';
import { type CheckDeps, withoutSuppressedIn } from './suppressed-call.ts';
import { withoutPerson } from './without-person.ts';

/** A message as it may be applied now. */
export interface Checked {
  /** Says nothing of a suppressed person: so it may also be parked or held. */
  readonly message: IncomingMessage;
  /** What it says; undefined where it cannot be read. */
  readonly content?: Message;
  /** What was taken out of it. */
  readonly without?: 'person' | 'everything';
  /** Why nobody knows who is suppressed. */
  readonly error?: unknown;
}

/** What a message says without a suppressed person; who is, is read consistently. Never rejects. */
export const checkMessage = async (
  message: IncomingMessage,
  deps: CheckDeps & { readonly shops: Shops },
): Promise<Checked> => {
  let content: Message;
  try {
    content = readMessage(message.body);
  } catch {
    return { message };
  }
  // What somebody asks for themselves is heard also when they are suppressed.
  if (content.kind === 'privacy') return { message, content };
  try {
    const allowed = content.kind === 'operation' ? await checkedCall(content, deps) : await checkedEvent(content, deps);
    if (allowed === content) return { message, content };
    if (!allowed) return { message, content, without: 'everything' };
    return { message: { ...message, body: JSON.stringify(allowed) }, content: allowed, without: 'person' };
  } catch (error) {
    // Nobody is suppressed in an Application that there is not; who applies the message finds that out again.
    return error instanceof UnknownApplicationError ? { message, content } : { message, content, error };
  }
};

/** An event without its person, if that is suppressed: the very same if not, undefined where nothing of it is left. */
export const checkEvent = async (
  event: CommerceEvent,
  shop: Shop,
  deps: CheckDeps,
): Promise<CommerceEvent | undefined> => {
  const profile = event.type === 'erasure' ? undefined : profileOf(event, shop);
  if (profile === undefined) return event;
  const suppressed = await suppressedOf(await deps.environmentOf(shop.application), [profile], deps);
  return suppressed.has(profile) ? withoutPerson(event) : event;
};

const checkedEvent = async (
  content: CommerceMessage,
  deps: CheckDeps & { readonly shops: Shops },
): Promise<CommerceMessage | undefined> => {
  const shop = deps.shops.get(content.event.shop);
  if (!shop) return content;
  const event = await checkEvent(content.event, shop, deps);
  return event === content.event ? content : event && { ...content, event };
};

const checkedCall = async (content: OperationMessage, deps: CheckDeps): Promise<OperationMessage | undefined> => {
  const { operation, application, request } = content;
  if (!Object.hasOwn(operations, operation)) return content;
  try {
    const allowed = await withoutSuppressedIn(operations[operation as OperationId], application, request, deps);
    return allowed === request ? content : { ...content, request: allowed };
  } catch (error) {
    if (error instanceof SuppressedError) return undefined;
    throw error;
  }
};
