import type { CommerceEvent } from '../commerce/event.ts';
import { profileOf } from '../commerce/mapping.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import { SuppressedError, UnknownApplicationError } from '../contract/errors.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { suppressedOf } from '../privacy/suppression.ts';
import type { IncomingMessage } from './queue.ts';
import { type CommerceMessage, type Message, type OperationMessage, readMessage } from './read-message.ts';
import { type CheckDeps, withoutSuppressedIn } from './suppressed-call.ts';
import { linksIn, withoutLinks, withoutPerson } from './without-person.ts';

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
    const { content: allowed = content, ...checked } =
      content.kind === 'operation' ? await checkedCall(content, deps) : await checkedEvent(content, deps);
    const body = allowed === content ? message.body : JSON.stringify(allowed);
    return { message: { ...message, body }, content: allowed, ...checked };
  } catch (error) {
    // Nobody is suppressed in an Application that there is not; who applies the message finds that out again.
    return error instanceof UnknownApplicationError ? { message, content } : { message, content, error };
  }
};

/** An event as it may be applied now: undefined where nothing of it is left. */
export interface CheckedEvent {
  readonly event: CommerceEvent | undefined;
  /** Its own person is suppressed. */
  readonly isSuppressed: boolean;
}

/** An event without its person, if that is suppressed, and without other suppressed ids: else the very same. */
export const checkEvent = async (event: CommerceEvent, shop: Shop, deps: CheckDeps): Promise<CheckedEvent> => {
  const profile = event.type === 'erasure' ? undefined : profileOf(event, shop);
  if (profile === undefined) return { event, isSuppressed: false };
  const environment = await deps.environmentOf(shop.application);
  const suppressed = await suppressedOf(environment, [profile, ...linksIn(event)], deps);
  return suppressed.has(profile)
    ? { event: withoutPerson(event), isSuppressed: true }
    : { event: withoutLinks(event, suppressed), isSuppressed: false };
};

/** What a message says that may be applied now. */
type CheckedContent = { readonly content?: Message } & Pick<Checked, 'without'>;

const checkedEvent = async (
  content: CommerceMessage,
  deps: CheckDeps & { readonly shops: Shops },
): Promise<CheckedContent> => {
  const shop = deps.shops.get(content.event.shop);
  if (!shop) return { content };
  const { event, isSuppressed } = await checkEvent(content.event, shop, deps);
  if (!event) return { without: 'everything' };
  const checked = event === content.event ? content : { ...content, event };
  return { content: checked, ...(isSuppressed && { without: 'person' }) };
};

const checkedCall = async (content: OperationMessage, deps: CheckDeps): Promise<CheckedContent> => {
  const { operation, application, request } = content;
  if (!Object.hasOwn(operations, operation)) return { content };
  try {
    const allowed = await withoutSuppressedIn(operations[operation as OperationId], application, request, deps);
    return allowed === request ? { content } : { content: { ...content, request: allowed }, without: 'person' };
  } catch (error) {
    if (error instanceof SuppressedError) return { without: 'everything' };
    throw error;
  }
};
