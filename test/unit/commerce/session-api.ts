// The session calls in a page: the state machine (semantics.md §1.7), the merge rules (§1.6) and nothing else.

import { decide, type History, historyOf, type Step } from '../../../lib/commerce/decide.ts';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { Shop } from '../../../lib/commerce/shops.ts';

interface Session {
  state: string;
  profileId?: unknown;
  couponCodes?: unknown;
  cartItems?: unknown;
  additionalCosts?: unknown;
  attributes: Record<string, unknown>;
}

const LEGAL = new Set([
  'none → open',
  'none → closed',
  'open → open',
  'open → closed',
  'open → cancelled',
  'closed → cancelled',
]);

/** Applies steps as the API would, and throws where the API would refuse. */
export class SessionApi {
  readonly sessions = new Map<string, Session>();
  readonly profiles = new Map<string, Record<string, unknown>>();
  readonly events: { sessionId: string; type: string; attributes: Record<string, unknown>; profileId?: string }[] = [];
  readonly calls: Step[] = [];

  call(step: Step): void {
    this.calls.push(step);
    switch (step.operation) {
      case 'updateCustomerSessionV2':
        this.#putSession(step.input.params.customerSessionId, step.input.body.customerSession);
        break;
      case 'updateCustomerProfileV2':
        this.#putProfile(step.input.params.integrationId, step.input.body.attributes ?? {});
        break;
      case 'trackEvent':
        this.#record(step.input.body as unknown as SessionApi['events'][number]);
    }
  }

  #putSession(id: string, { state, attributes, ...sent }: Record<string, unknown>): void {
    const stored = this.sessions.get(id);
    const move = `${stored?.state ?? 'none'} → ${state}`;
    if (!LEGAL.has(move)) throw new Error(`refused: ${move}`);
    if (stored && stored.state !== 'open' && Object.keys(sent).length > 0) throw new Error(`content in ${move}`);
    this.sessions.set(id, {
      ...(stored ?? { couponCodes: [], cartItems: [], additionalCosts: {} }),
      ...sent,
      attributes: { ...stored?.attributes, ...(attributes as object) },
      state: String(state),
    });
    if (typeof sent.profileId === 'string') this.#putProfile(sent.profileId, {});
  }

  #putProfile(id: string, attributes: object): void {
    this.profiles.set(id, { ...this.profiles.get(id), ...attributes });
  }

  #record({ profileId, ...event }: SessionApi['events'][number]): void {
    const session = this.sessions.get(event.sessionId);
    // Of a customer: it makes the profile and a session of its own.
    if (profileId) this.#putProfile(profileId, {});
    else if (session?.state !== (event.type === 'cart_abandoned' ? 'open' : 'closed')) {
      throw new Error(`${event.type} for a session that is ${session?.state}`);
    }
    if (profileId && session) throw new Error('an event of another profile');
    this.events.push({ ...event, ...(profileId && { profileId }) });
  }
}

/** A shop, its API and what is known of both: events go in one by one, as the inbox does it, without its marks. */
export class Model {
  readonly api = new SessionApi();
  readonly histories = new Map<string, History>();
  readonly shop: Shop;

  constructor(shop: Shop) {
    this.shop = shop;
  }

  /** @param steps how many steps are made before a crash; all of them by default. */
  apply(event: CommerceEvent, steps = Number.POSITIVE_INFINITY): string {
    const name = historyOf(event, this.shop).join('/');
    // Histories are stored as JSON.
    const known = JSON.parse(JSON.stringify(this.histories.get(name) ?? null)) ?? undefined;
    const decision = decide(event, known, this.shop);
    for (const step of decision.steps.slice(0, steps)) {
      this.api.call(step);
      this.histories.set(name, step.history);
    }
    if (decision.steps.length === 0 && decision.history) this.histories.set(name, decision.history);
    return `${decision.outcome}: ${decision.reason}`;
  }
}
