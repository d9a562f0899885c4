import { RefusedChangeError } from '../privacy/errors.ts';
import { openPerson, PERSON_SEAL, type Person } from '../privacy/person.ts';
import { findRequest, listRequests, type Registered } from '../privacy/register.ts';
import type { PrivacyRequest } from '../privacy/request.ts';
import type { Privacy } from '../privacy/settings.ts';
import { sealFor } from '../store/seal.ts';
import { StaleWriteError, type Store } from '../store/store.ts';
import { Refusal } from './refusal.ts';
import { shortText } from './table.ts';

/** What is opened for `npm run privacy`, once its words are in order. */
export interface OpenedPrivacy {
  /** Closed afterwards. */
  readonly store: Store;
  readonly accountId: number;
  /** @throws Refusal or ConfigurationError when there is no KEY_SECRET. */
  keySecret(): string;
  /** @throws Refusal (rejects) when there is no shops file here. */
  settings(): Promise<Privacy>;
}

/** What `npm run privacy` works with. */
export interface PrivacyDeps extends OpenedPrivacy {
  now(): Date;
  print(text: string): void;
  /** Shows how far it is, in place of what it showed before. */
  show(text: string): void;
  /** Makes the command end with exit code 1: it did its work, and what it found is not well. */
  fail(): void;
}

const SHORT_ID = 40;
const MOST_NAMED = 5;

/** The one request that is meant. @throws Refusal when there is none, or more than one. */
export const only = async (id: string, deps: OpenedPrivacy): Promise<Registered> => {
  const exact = await findRequest(id, deps);
  if (exact) return exact;
  const found: Registered[] = [];
  for await (const each of listRequests(deps)) if (each.request.id.startsWith(id)) found.push(each);
  const [first] = found;
  if (!first) {
    throw new Refusal(
      `There is no request ${shortText(id, SHORT_ID)}: npm run privacy -- list --all shows those that there are`,
    );
  }
  if (found.length > 1) {
    const ids = found.slice(0, MOST_NAMED).map(({ request }) => request.id);
    throw new Refusal(`${found.length} requests begin with ${shortText(id, SHORT_ID)}: ${ids.join(', ')}`);
  }
  return first;
};

/** The person behind a request; undefined: destroyed. @throws Refusal when KEY_SECRET is another one. */
export const personOf = ({ id, sealed }: PrivacyRequest, deps: OpenedPrivacy): Person | undefined => {
  if (sealed === undefined) return undefined;
  const seal = sealFor(deps.keySecret(), PERSON_SEAL);
  try {
    return openPerson(sealed, id, seal);
  } catch {
    throw new Refusal('The sealed person does not open: KEY_SECRET is not that of the stage');
  }
};

/**
 * Does a change, and says in words why it was not done.
 *
 * @throws Refusal for what may not be done now.
 */
export const changing = async <T>(id: string, change: () => Promise<T>): Promise<T> => {
  try {
    return await change();
  } catch (error) {
    if (error instanceof RefusedChangeError) {
      const late = error.refusal === 'too_late' ? 'Too late: ' : '';
      throw new Refusal(`${late}${error.message}. Nothing is changed: npm run privacy -- status ${id}`);
    }
    if (error instanceof StaleWriteError) throw new Refusal('Others were changing it at the same time: try it again');
    throw error;
  }
};
