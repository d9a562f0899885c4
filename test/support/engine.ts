import { randomUUID } from 'node:crypto';
import type { Call } from '../../lib/contract/api.ts';
import { type OperationId, operations } from '../../lib/contract/operations/table.ts';
import { connectEngine } from '../../lib/engine/connect.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { idBlocks } from '../../lib/engine/ids.ts';
import type { EngineDeps } from '../../lib/engine/perform.ts';
import { updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { createReferral } from '../../lib/engine/referrals.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { promotionsOf } from '../../lib/promotions/promotions.ts';
import type { Application, Campaign, Snapshot } from '../../lib/promotions/snapshot.ts';
import { segments } from '../../lib/store/segment.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';

/** All operations of the engine. */
export const ENGINE = {
  updateCustomerSessionV2,
  updateCustomerProfileV2,
  trackEvent,
  createReferral,
  deleteCustomerData,
} as const;

/** An Application to test with; override what matters. */
export const application = (over: Partial<Application> = {}): Application => ({
  id: 1,
  name: 'Test shop',
  environment: 'live',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  caseSensitivity: 'sensitive',
  ...over,
});

/** A campaign to test with; override what matters. */
export const campaign = (over: Partial<Campaign> = {}): Campaign => ({
  id: 1,
  applicationId: 1,
  name: 'Summer',
  description: '',
  state: 'enabled',
  features: ['coupons', 'referrals'],
  tags: [],
  limits: [],
  coupons: [{ id: 11, value: 'SUMMER', usageLimit: 1 }],
  rulesetId: 101,
  rules: [
    {
      title: 'Ten percent',
      condition: ['and', ['couponValid'], ['>=', ['.', 'Session', 'Total'], 50]],
      effects: [['setDiscount', '10% off', ['*', ['.', 'Session', 'Total'], 0.1]]],
    },
  ],
  ...over,
});

/** Promotions to test with; override what matters. */
export const snapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  id: 'test',
  accountId: 1,
  applications: [application()],
  campaigns: [campaign()],
  audiences: [],
  attributes: [],
  additionalCosts: [],
  ...over,
});

/** An engine on a store of its own, with a clock that stands still until it is moved. */
export const testEngine = (promotions: Snapshot = snapshot(), store: Store = openSqliteStore(':memory:')) => {
  const clock = { now: new Date('2026-06-01T12:00:00Z') };
  let published = promotions;
  const deps: EngineDeps = {
    store,
    accountId: 1,
    segment: segments('test'),
    ids: idBlocks(store, 1),
    promotions: async (applicationId) => {
      const found = promotionsOf(published, applicationId);
      if (!found) throw new Error(`no Application ${applicationId}`);
      return found;
    },
    now: () => clock.now,
    pause: async () => {},
  };
  const connect = connectEngine(ENGINE, deps);
  const call: Call = { requestId: randomUUID() };
  return {
    deps,
    store,
    clock,
    /** Publishes other promotions. */
    publish: (next: Snapshot) => {
      published = next;
    },
    api: connect(1),
    application: connect,
    call,
    /** PUT session: the short way to write a v2 session call. */
    session: (id: string, customerSession: object, options: { dry?: boolean; content?: string[] } = {}) =>
      connect(1).updateCustomerSessionV2(
        {
          params: { customerSessionId: id },
          query: { dry: options.dry ?? false },
          body: {
            customerSession,
            responseContent: (options.content ?? [
              'customerSession',
              'customerProfile',
              'coupons',
              'ruleFailureReasons',
            ]) as never,
          } as never,
        },
        call,
      ),
    /** PUT profile. */
    profile: (id: string, body: object = {}, query: object = {}) =>
      connect(1).updateCustomerProfileV2({ params: { integrationId: id }, query, body: body as never }, call),
  };
};

/** A cart of one line at this price. */
export const cart = (price: number, quantity = 1) => [{ name: 'Thing', sku: 'T-1', quantity, price }];

/** Every operation id of the table, for tests that go through all of them. */
export const OPERATION_IDS = Object.keys(operations) as OperationId[];
