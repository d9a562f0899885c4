import type { OperationId } from '../../lib/contract/operations/table.ts';

/** A request of every row that is accepted, as it comes over the wire. */
export const GOOD_REQUESTS: Record<OperationId, { params: object; query: object; body: unknown }> = {
  updateCustomerSessionV2: {
    params: { customerSessionId: 's' },
    query: { dry: '1' },
    body: {
      customerSession: {
        profileId: 'p',
        couponCodes: ['A'],
        referralCode: 'R',
        state: 'open',
        cartItems: [{ name: 'a', sku: 'b', quantity: 1, price: 1.5, attributes: { a: [1] } }],
        additionalCosts: { shipping: { price: 1 } },
        identifiers: ['x'],
        attributes: { a: 1, b: { lat: 1 }, c: null },
      },
      responseContent: ['customerSession'],
    },
  },
  updateCustomerSession: {
    params: { customerSessionId: 's' },
    query: { dry: '' },
    body: {
      profileId: 'p',
      coupon: 'A',
      referral: '',
      state: 'closed',
      cartItems: [{ name: 'a', sku: 'b', quantity: 1, price: 1.5, attributes: { a: null } }],
      identifiers: ['x'],
      total: 9.99,
      attributes: [],
    },
  },
  updateCustomerProfileV2: {
    params: { integrationId: 'p' },
    query: { runRuleEngine: 'true', dry: '' },
    body: { attributes: { a: 'b' }, audiencesChanges: { adds: [1], deletes: [] }, responseContent: ['event'] },
  },
  updateCustomerProfile: { params: { integrationId: 'p' }, query: { dry: 'false' }, body: { attributes: { a: null } } },
  trackEvent: { params: {}, query: {}, body: { type: 'x', attributes: {}, sessionId: 's', profileId: null } },
  createReferral: {
    params: {},
    query: {},
    body: { campaignId: 1, advocateProfileIntegrationId: 'a', usageLimit: 0, startDate: '', attributes: [] },
  },
  deleteCustomerData: { params: { integrationId: 'p' }, query: {}, body: {} },
  updateCustomerProfilesV2: {
    params: {},
    query: { silent: 'no' },
    body: {
      customerProfiles: [
        { integrationId: 'p', attributes: { a: 1 } },
        { integrationId: 'q', attributes: [] },
      ],
    },
  },
  getCustomerProfilesByAttributes: { params: {}, query: {}, body: { attributes: { a: [1, 2], b: null } } },
  getCustomerInventory: {
    params: { integrationId: 'p' },
    query: { profile: 'true', referrals: '1', coupons: 'false', loyalty: '', giveaways: '0' },
    body: undefined,
  },
  updateCustomerProfileAudiences: {
    params: {},
    query: {},
    body: { data: [{ action: 'add', profileIntegrationId: 'p', audienceId: 1 }] },
  },
  createCouponReservation: { params: { couponValue: 'A' }, query: {}, body: { integrationIDs: ['p', 'p'] } },
  deleteCouponReservation: { params: { couponValue: 'A' }, query: {}, body: { integrationIDs: [] } },
  getReservedCustomers: { params: { couponValue: 'A' }, query: {}, body: '' },
  getReservedCoupons: { params: { integrationId: 'p' }, query: {}, body: undefined },
  createReferralsForMultipleAdvocates: {
    params: {},
    query: { silent: 'yes' },
    body: {
      campaignId: 1,
      advocateProfileIntegrationIds: ['a', 'b'],
      usageLimit: 0,
      startDate: '0001-01-01T00:00:00Z',
      attributes: null,
      validCharacters: ['A', 'BC'],
      referralPattern: 'X-####',
    },
  },
};
