import { randomUUID } from 'node:crypto';
import type { Call, Guard } from '../../lib/contract/api.ts';
import type { EffectOf, EffectType } from '../../lib/contract/effects.ts';
import { ApiError } from '../../lib/contract/errors.ts';
import { type OperationId, operations } from '../../lib/contract/operations/table.ts';
import type { IntegrationStateV2 } from '../../lib/contract/schemas/state.ts';
import { updateCustomerProfileAudiences } from '../../lib/engine/audiences.ts';
import { connectEngine } from '../../lib/engine/connect.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import type { EngineDeps } from '../../lib/engine/deps.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { idBlocks } from '../../lib/engine/ids.ts';
import { getCustomerInventory } from '../../lib/engine/inventory.ts';
import { getCustomerProfilesByAttributes } from '../../lib/engine/profile-search.ts';
import { updateCustomerProfile, updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { updateCustomerProfilesV2 } from '../../lib/engine/profiles-bulk.ts';
import { recordsOf } from '../../lib/engine/records.ts';
import { createReferralsForMultipleAdvocates } from '../../lib/engine/referral-batch.ts';
import { createReferral } from '../../lib/engine/referrals.ts';
import { createCouponReservation, deleteCouponReservation } from '../../lib/engine/reservations.ts';
import { getReservedCoupons, getReservedCustomers } from '../../lib/engine/reserved.ts';
import { updateCustomerSession, updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { suppressionKey } from '../../lib/privacy/suppression.ts';
import { promotionsOf } from '../../lib/promotions/promotions.ts';
import type { Application, Campaign, Snapshot } from '../../lib/promotions/snapshot.ts';
import { segments } from '../../lib/store/segment.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import { type Item, type Key, keyText, type Store } from '../../lib/store/store.ts';

/** All operations of the engine. */
export const ENGINE = {
  updateCustomerSessionV2,
  updateCustomerSession,
  updateCustomerProfileV2,
  updateCustomerProfile,
  updateCustomerProfilesV2,
  getCustomerProfilesByAttributes,
  getCustomerInventory,
  updateCustomerProfileAudiences,
  trackEvent,
  createCouponReservation,
  deleteCouponReservation,
  getReservedCustomers,
  getReservedCoupons,
  createReferral,
  createReferralsForMultipleAdvocates,
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

/** When the promotions of these tests were first published. */
export const PUBLISHED = '2026-01-01T00:00:00.000Z';

/** Promotions to test with; override what matters. */
export const snapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  id: 'test',
  published: PUBLISHED,
  accountId: 1,
  applications: [application()],
  campaigns: [campaign()],
  audiences: [],
  attributes: [],
  additionalCosts: [],
  ...over,
});

/** A store that knows what was done to it. */
export interface WatchedStore extends Store {
  /** Round trips so far. */
  readonly trips: { get: number; query: number; write: number };
  /** Everything in it, as text: equal texts, equal stores. */
  dump(): Promise<string>;
  /** Everything in it. */
  items(): Promise<Item[]>;
  /** Called before each write; what it throws, the write throws. */
  beforeWrite: (count: number) => void;
}

/** Watches a store that nobody else writes to. */
export const watched = (store: Store): WatchedStore => {
  const keys = new Map<string, Key>();
  const trips = { get: 0, query: 0, write: 0 };
  const items = async (): Promise<Item[]> => {
    const all = [...keys.values()];
    const found: Item[] = [];
    for (let from = 0; from < all.length; from += 100) {
      found.push(...(await store.get(all.slice(from, from + 100))).filter((item) => item !== undefined));
    }
    return found.sort((one, other) => (keyText(one.key) < keyText(other.key) ? -1 : 1));
  };
  const self: WatchedStore = {
    trips,
    beforeWrite: () => {},
    items,
    dump: async () => JSON.stringify(await items(), null, 1),
    get: (asked) => {
      trips.get += 1;
      return store.get(asked);
    },
    query: ((index: 'items', query: never) => {
      trips.query += 1;
      return store.query(index, query);
    }) as Store['query'],
    write: async (changes, attempt) => {
      trips.write += 1;
      self.beforeWrite(trips.write);
      for (const change of changes) {
        const key = 'put' in change ? change.put.key : 'add' in change ? change.add : undefined;
        if (key) keys.set(keyText(key), key);
      }
      await store.write(changes, attempt);
    },
    purge: () => store.purge(),
    close: () => store.close(),
  };
  return self;
};

/** An engine on a store of its own, with a clock that stands still until it is moved. */
export const testEngine = (
  promotions: Snapshot = snapshot(),
  on: Store | WatchedStore = openSqliteStore(':memory:'),
) => {
  const store = 'trips' in on ? on : watched(on);
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
    suppressionKey: (environment, profileId) => suppressionKey(environment, profileId, deps),
  };
  const connect = connectEngine(ENGINE, deps);
  const call: Call = { requestId: randomUUID() };
  const recordsIn = (applicationId: number) => {
    const found = published.applications.find(({ id }) => id === applicationId);
    if (!found) throw new Error(`no Application ${applicationId}`);
    return recordsOf(found, 1, deps.segment);
  };
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
    /** Where records of an Application live. */
    records: recordsIn(1),
    recordsIn,
    /** The data of a record as stored. */
    stored: async <T>(record: { readonly key: Key; readonly holds?: T }): Promise<T | undefined> =>
      (await store.get([record.key]))[0]?.data as T | undefined,
    /** The counts of a record as stored. */
    counts: async (record: { readonly key: Key }) => (await store.get([record.key]))[0]?.counts ?? {},
    /** PUT session: the short way to write a v2 session call. */
    session: (id: string, customerSession: object, options: SessionOptions = {}): Promise<IntegrationStateV2> =>
      connect(options.application ?? 1).updateCustomerSessionV2(
        {
          params: { customerSessionId: id },
          query: { dry: options.dry ?? false },
          body: { customerSession, responseContent: options.content ?? DEFAULT_CONTENT } as never,
        },
        { ...call, ...(options.guard && { guard: options.guard }) },
      ),
    /** PUT session in v1. */
    sessionV1: (id: string, body: object = {}, { dry = false, guard }: SessionOptions = {}) =>
      connect(1).updateCustomerSession(
        { params: { customerSessionId: id }, query: { dry }, body: body as never },
        { ...call, ...(guard && { guard }) },
      ),
    /** PUT profile. */
    profile: (id: string, body: object = {}, query: object = {}, application = 1) =>
      connect(application).updateCustomerProfileV2({ params: { integrationId: id }, query, body: body as never }, call),
    /** PUT profile in v1. */
    profileV1: (id: string, body: object | undefined = {}, { dry = false, guard }: SessionOptions = {}) =>
      connect(1).updateCustomerProfile(
        { params: { integrationId: id }, query: { dry }, body: body as never },
        { ...call, ...(guard && { guard }) },
      ),
    /** POST event, of type `visit` unless said otherwise. */
    event: (sessionId: string, body: object = {}, query: object = {}) =>
      connect(1).trackEvent(
        { params: {}, query, body: { type: 'visit', attributes: {}, sessionId, ...body } as never },
        call,
      ),
    /** POST referral, in campaign 1 unless said otherwise. */
    referral: (advocateProfileIntegrationId: string, body: object = {}) =>
      connect(1).createReferral(
        { params: {}, query: {}, body: { campaignId: 1, advocateProfileIntegrationId, ...body } as never },
        call,
      ),
    /** POST referrals for several advocates, in campaign 1 unless said otherwise. */
    referrals: (advocates: readonly string[], body: object = {}, { silent, guard }: BulkOptions = {}) =>
      connect(1).createReferralsForMultipleAdvocates(
        {
          params: {},
          query: { ...(silent && { silent: 'yes' }) },
          body: { campaignId: 1, advocateProfileIntegrationIds: [...advocates], usageLimit: 1, ...body } as never,
        },
        { ...call, ...(guard && { guard }) },
      ),
    /** PUT several profiles. */
    profiles: (customerProfiles: readonly object[], { silent, guard, application = 1 }: BulkOptions = {}) =>
      connect(application).updateCustomerProfilesV2(
        { params: {}, query: { ...(silent && { silent: 'yes' }) }, body: { customerProfiles } as never },
        { ...call, ...(guard && { guard }) },
      ),
    /** POST audience actions: `+p 7` adds p to audience 7, `-p 7` takes it out. */
    audiences: (actions: readonly string[], { guard, application = 1 }: BulkOptions = {}) =>
      connect(application).updateCustomerProfileAudiences(
        {
          params: {},
          query: {},
          body: {
            data: actions.map((action) => {
              const [profile = '', audience] = action.slice(1).split(' ');
              return {
                action: action.startsWith('+') ? 'add' : 'delete',
                profileIntegrationId: profile,
                audienceId: Number(audience),
              };
            }),
          },
        },
        { ...call, ...(guard && { guard }) },
      ),
    /** POST coupon reservations. */
    reserve: (couponValue: string, profiles: readonly string[], { guard, application = 1 }: BulkOptions = {}) =>
      connect(application).createCouponReservation(
        { params: { couponValue }, query: {}, body: { integrationIDs: [...profiles] } },
        { ...call, ...(guard && { guard }) },
      ),
    /** DELETE coupon reservations. */
    unreserve: (couponValue: string, profiles: readonly string[], { guard, application = 1 }: BulkOptions = {}) =>
      connect(application).deleteCouponReservation(
        { params: { couponValue }, query: {}, body: { integrationIDs: [...profiles] } },
        { ...call, ...(guard && { guard }) },
      ),
    /** GET the ids of the profiles that hold a reservation of a coupon. */
    reservedCustomers: async (couponValue: string, application = 1) => {
      const request = { params: { couponValue }, query: {}, body: undefined };
      const { data } = await connect(application).getReservedCustomers(request, call);
      return data.map((profile) => profile.integrationId);
    },
    /** GET the values of the coupons that a profile has reserved and could use. */
    reservedCoupons: async (integrationId: string, application = 1) => {
      const request = { params: { integrationId }, query: {}, body: undefined };
      const { data } = await connect(application).getReservedCoupons(request, call);
      return data.map((coupon) => coupon.value);
    },
    /** GET the inventory, with these parts. */
    inventory: (integrationId: string, parts: readonly string[], application = 1) =>
      connect(application).getCustomerInventory(
        {
          params: { integrationId },
          query: Object.fromEntries(parts.map((part) => [part, 'true'])),
          body: undefined,
        },
        call,
      ),
    /** POST a search for profiles with these attributes: their ids. */
    search: async (attributes: object, application = 1) => {
      const request = { params: {}, query: {}, body: { attributes: attributes as never } };
      const { data } = await connect(application).getCustomerProfilesByAttributes(request, call);
      return data.map((profile) => profile.integrationId);
    },
    /** DELETE customer data. */
    erase: (integrationId: string, application = 1, guard?: Guard) =>
      connect(application).deleteCustomerData(
        { params: { integrationId }, query: {}, body: undefined },
        { ...call, ...(guard && { guard }) },
      ),
  };
};

/** An engine to test with, and all that the bench knows of it. */
export type TestEngine = ReturnType<typeof testEngine>;

interface SessionOptions {
  readonly dry?: boolean;
  readonly content?: readonly string[];
  readonly application?: number;
  readonly guard?: Guard;
}

interface BulkOptions {
  readonly silent?: boolean;
  readonly application?: number;
  readonly guard?: Guard;
}

const DEFAULT_CONTENT = ['customerSession', 'customerProfile', 'coupons', 'ruleFailureReasons'];

/** The effects of an answer that are of one type. */
export const effectsOf = <T extends EffectType>(answer: { readonly effects: readonly unknown[] }, type: T) =>
  (answer.effects as readonly EffectOf[]).filter(
    (effect): effect is EffectOf<T> & EffectOf => effect.effectType === type,
  );

/** An answer's effects in a short form: `acceptCoupon SUMMER`, `rejectCoupon SUMMER CouponExpired`, `setDiscount 10% off 6`. */
export const story = (answer: { readonly effects: readonly unknown[] }): string[] =>
  (answer.effects as readonly EffectOf[]).map(({ effectType, props }) => {
    const { name, value, rejectionReason } = props as Record<string, unknown>;
    return [effectType, name, value, rejectionReason].filter((part) => part !== undefined).join(' ');
  });

/** What a call was refused with, as the API says it. @throws what is no ApiError, and when nothing was refused. */
export const refusal = async (
  call: Promise<unknown>,
): Promise<{ status: number; message: string; issues: (readonly [title: string, place: string])[] }> => {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const issues = (error.issues ?? []).map(({ title, source }) => [title, Object.values(source).join()] as const);
    return { status: error.status, message: error.message, issues };
  }
  throw new Error('the call was not refused');
};

/** A cart of one line at this price. */
export const cart = (price: number, quantity = 1) => [{ name: 'Thing', sku: 'T-1', quantity, price }];

/** Every operation id of the table, for tests that go through all of them. */
export const OPERATION_IDS = Object.keys(operations) as OperationId[];
