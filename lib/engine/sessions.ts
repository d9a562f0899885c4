import type { Effect } from '../contract/effects.ts';
import type {
  updateCustomerSession as rowV1,
  updateCustomerSessionV2 as rowV2,
} from '../contract/operations/sessions.ts';
import type { EngineOperation } from './operation.ts';
import { decideSession, sessionNeeds } from './session-decision.ts';
import { sessionStateV1, sessionUpdateV1 } from './shapes/v1.ts';
import { sessionStateV2, sessionUpdateV2 } from './shapes/v2.ts';

/**
 * The v2 session call (semantics.md §2.14): creates, updates, closes or cancels a session, evaluates the rules, and
 * answers the effects with whatever else was asked for. Publishes the effects of every call.
 */
export const updateCustomerSessionV2: EngineOperation<typeof rowV2> = {
  subject: 'session',
  needs: (input, known, moment) => sessionNeeds(sessionUpdateV2(input), known, moment),
  decide: (input, set, moment) => {
    const outcome = decideSession(sessionUpdateV2(input), set, moment);
    return {
      response: sessionStateV2(outcome, input.body.responseContent ?? [], set, moment),
      changes: outcome.changes,
      published: outcome.effects as readonly Effect[],
    };
  },
};

/**
 * The v1 session call (semantics.md §2.13): the same for clients that know one coupon, one referral and a total of their
 * own. Session, profile and event are always answered.
 */
export const updateCustomerSession: EngineOperation<typeof rowV1> = {
  subject: 'session',
  needs: (input, known, moment) => sessionNeeds(sessionUpdateV1(input), known, moment),
  decide: (input, set, moment) => {
    const outcome = decideSession(sessionUpdateV1(input), set, moment);
    return {
      response: sessionStateV1(outcome, set, moment),
      changes: outcome.changes,
      published: outcome.effects as readonly Effect[],
    };
  },
};
