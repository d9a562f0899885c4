import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LOCAL_BEARER, LOCAL_KEY } from '../../lib/lambda/authenticate.ts';
import { type Answer, json } from '../support/http-server.ts';

/** An id of characters that paths, queries and signatures stumble over. */
export const AWKWARD = 'Zoë / 100 % + é 🎁';

// Written by hand from the contract's own examples, with what newer servers add: fields and effects that nobody here knows.

const CREATED = '2020-06-10T09:05:27.993483Z';

const PROFILE = {
  id: 6,
  created: CREATED,
  integrationId: 'ann',
  attributes: { Name: 'Ann' },
  accountId: 31,
  closedSessions: 3,
  totalSales: 299.99,
  loyaltyMemberships: [{ joined: '2012-03-20T14:15:22Z', loyaltyProgramId: 323414846 }],
  audienceMemberships: [{ id: 2, name: 'Travel audience' }],
  lastActivity: '2020-02-08T14:15:20+02:00',
  sandbox: false,
};

const SESSION = {
  id: 1,
  integrationId: 'cart-1',
  created: CREATED,
  applicationId: 322,
  profileId: 'ann',
  state: 'open',
  cartItems: [],
  identifiers: ['91.11.156.141'],
  total: 60,
  attributes: {},
  firstSession: true,
};

const SESSION_V2 = {
  ...SESSION,
  integrationId: AWKWARD,
  profileId: AWKWARD,
  cartItemTotal: 60,
  additionalCostTotal: 0,
  updated: CREATED,
  storeIntegrationId: 'STORE-001',
};

const FROM = { campaignId: 244, rulesetId: 73, ruleIndex: 2, ruleName: 'Give 10% discount', conditionIndex: 0 };

const EFFECTS = [
  { ...FROM, effectType: 'acceptCoupon', triggeredByCoupon: 4928, props: { value: 'SUMMER-0001' } },
  { ...FROM, effectType: 'setDiscount', props: { name: '10% off', value: 6, desiredValue: 6 } },
];

const STATE_V2 = { effects: [], createdCoupons: [], createdReferrals: [], returnedInNewerVersions: [{}] };

const EVENT = {
  id: 1,
  created: CREATED,
  applicationId: 322,
  profileId: 'ann',
  type: 'seen',
  attributes: { page: '/tea' },
  sessionId: 'cart-1',
  effects: [['setDiscount', '10% off', 6]],
  ledgerEntries: [],
  meta: { campaigns: {}, warnings: {} },
};

const REFERRAL = {
  id: 6,
  created: CREATED,
  expiryDate: '2021-11-10T23:00:00Z',
  usageLimit: 1,
  campaignId: 3,
  advocateProfileIntegrationId: 'ann',
  code: '27G47Y54VH9L',
  usageCounter: 0,
  batchId: 'tqyrgahe',
};

const COUPON = {
  id: 6,
  created: CREATED,
  campaignId: 95,
  value: 'SUMMER-0001',
  usageLimit: 100,
  startDate: '2020-01-24T14:15:22Z',
  reservationLimit: 45,
  usageCounter: 0,
  reservation: true,
  isReservationMandatory: false,
};

const V1_SESSION = { ...SESSION, coupon: '', referral: '', discounts: { '10% off': 6 } };

const V1_STATE = { session: V1_SESSION, profile: PROFILE, event: EVENT };

const FAULTS = {
  message: 'The submitted data was invalid',
  errors: [
    { title: 'enum', details: 'unknown state', source: { pointer: '/customerSession/state' } },
    { title: 'minLength', details: 'too short', source: { pointer: '/customerSession/cartItems/0/name' } },
    { title: 'minimum', source: { pointer: '/customerSession/cartItems/0/quantity' } },
  ],
};

/** As the documents describe it: one of two headers with the key or a token, or a signature of the body's bytes. */
const isKnown = (headers: IncomingHttpHeaders, body: string): boolean => {
  const signature = createHmac('md5', Buffer.from(LOCAL_KEY, 'hex')).update(body).digest('hex');
  return (
    headers.authorization === `ApiKey-v1 ${LOCAL_KEY}` ||
    headers.authorization === `Bearer ${LOCAL_BEARER}` ||
    headers['content-signature'] === `signer=1; signature=${signature}`
  );
};

/** Answers as a server that only knows these examples. */
export const answerExample: Answer = (response, { method, url, headers, body }) => {
  if (!isKnown(headers, body)) {
    return json(response, 401, { message: 'unauthorized', StatusCode: 401 });
  }
  if (body.includes('"lost"')) return json(response, 400, FAULTS);
  switch (`${method} ${decodeURIComponent(url)}`) {
    case 'PUT /v2/customer_profiles/ann?runRuleEngine=false':
      return json(response, 200, { ...STATE_V2, customerProfile: PROFILE });
    case 'PUT /v2/customer_sessions/cart-1':
      return json(response, 200, { ...STATE_V2, effects: EFFECTS });
    case `PUT /v2/customer_sessions/${AWKWARD}`:
      return json(response, 200, { ...STATE_V2, customerSession: SESSION_V2 });
    case 'POST /v1/referrals':
      return json(response, 201, REFERRAL);
    case 'POST /v1/events?dry=false':
      return json(response, 201, V1_STATE);
    case 'PUT /v1/customer_sessions/v1-cart?dry=false':
      return json(response, 200, { ...V1_STATE, session: { ...V1_SESSION, integrationId: 'v1-cart' }, coupon: COUPON });
    case 'PUT /v1/customer_profiles/ann':
      return json(response, 200, { ...V1_STATE, session: { ...V1_SESSION, integrationId: '' } });
    case 'POST /v1/coupon_reservations/SUMMER-0001':
      return json(response, 201, COUPON);
    case 'GET /v1/coupon_reservations/customerprofiles/SUMMER-0001':
    case 'POST /v1/customer_profiles_search':
      return json(response, 200, { totalResultSize: 1, data: [PROFILE] });
    case 'GET /v1/coupon_reservations/coupons/ann':
      return json(response, 200, { totalResultSize: 1, data: [COUPON] });
    case 'GET /v1/customer_profiles/ann/inventory?profile=true&coupons=true&loyalty=true&referrals=true&giveaways=true':
      return json(response, 200, {
        profile: PROFILE,
        loyalty: { programs: {} },
        referrals: [{ ...REFERRAL, referredCustomers: ['bob'] }],
        coupons: [{ ...COUPON, profileRedemptionCount: 0, state: 'active' }],
        giveaways: [],
        achievements: [{ newer: true }],
      });
    case 'PUT /v2/customer_profiles?silent=no':
      return json(response, 200, { integrationStates: [{ ...STATE_V2, customerProfile: PROFILE }] });
    case 'POST /v1/referrals_for_multiple_advocates?silent=no':
      return json(response, 201, {
        totalResultSize: 2,
        data: [REFERRAL, { ...REFERRAL, id: 7, advocateProfileIntegrationId: 'bob' }],
      });
    case 'DELETE /v1/coupon_reservations/SUMMER-0001':
    case 'PUT /v2/customer_profiles?silent=yes':
    case 'POST /v1/referrals_for_multiple_advocates?silent=yes':
    case 'POST /v2/customer_audiences':
    case 'DELETE /v1/customer_data/ann':
      return void response.writeHead(204).end();
    default:
      return json(response, 404, { message: 'nothing of this name', errors: null, StatusCode: 404 });
  }
};
