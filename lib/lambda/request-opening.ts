import { recordsOf, type SessionRecord } from '../engine/records.ts';
import type { OpenRequestDeps } from '../inbox/open-request.ts';
import { acceptRequest } from '../privacy/accept.ts';
import { type CallsDeps, openCalls } from './calls.ts';
import { environmentsOf } from './environment-of.ts';
import { openPrivacy, openSeal } from './privacy.ts';

/** What the inbox opens privacy requests with. */
export type RequestOpening = Pick<OpenRequestDeps, 'accept' | 'profileOfSession' | 'graceDays'>;

/** Tells whose a session is. Of a hosted Application nobody can: its API has no operation that reads one. */
export const profileOfSession =
  (deps: CallsDeps): RequestOpening['profileOfSession'] =>
  async (application, session) => {
    const { store, accountId, segment } = deps.engine;
    if (deps.remotes(application)) return undefined;
    const scope = { id: application, environment: await environmentsOf(deps)(application) };
    const [item] = await store.get([recordsOf(scope, accountId, segment).session(session).key]);
    return item && (item.data as unknown as SessionRecord).profileId;
  };

/** How the stage's inbox opens privacy requests. */
export const openRequestOpening = async (): Promise<RequestOpening> => {
  const [calls, settings, seal] = await Promise.all([openCalls(), openPrivacy(), openSeal()]);
  const { store, accountId, segment, now } = calls.engine;
  return {
    accept: (asked) => acceptRequest(asked, { store, accountId, segment, seal, settings, now }),
    profileOfSession: profileOfSession(calls),
    graceDays: settings.graceDays,
  };
};
