interface Deliberate {
  readonly because: string;
  readonly are: readonly string[];
}

const DELIBERATE: readonly Deliberate[] = [
  {
    because: 'an id has 1 to 1000 characters, and an empty one never reaches another row (semantics.md I1–I3)',
    are: [
      ...['createCouponReservation', 'deleteCouponReservation', 'getReservedCustomers'].flatMap((id) => [
        `${id} path couponValue: maxLength is 1000, not none`,
        `${id} path couponValue: minLength is 1, not none`,
      ]),
      ...['getCustomerInventory', 'getReservedCoupons', 'updateCustomerProfile'].flatMap((id) => [
        `${id} path integrationId: maxLength is 1000, not none`,
        `${id} path integrationId: minLength is 1, not none`,
      ]),
      ...[
        'CouponReservations.integrationIDs[]',
        'NewReferralsForMultipleAdvocates.advocateProfileIntegrationIds[]',
      ].flatMap((place) => [
        `request ${place}: maxLength is 1000, not none`,
        `request ${place}: minLength is 1, not none`,
      ]),
      'request CustomerProfileAudienceRequestItem.profileIntegrationId: minLength is 1, not none',
      'request MultipleCustomerProfileIntegrationRequestItem.integrationId: minLength is 1, not none',
      'request NewCustomerSession.profileId: maxLength is 1000, not none',
      'updateCustomerSession path customerSessionId: maxLength is 1000, not none',
      'updateCustomerSession path customerSessionId: minLength is 1, not none',
      'deleteCustomerData path integrationId: maxLength is 1000, not none',
      'deleteCustomerData path integrationId: minLength is 1, not none',
      'request NewCustomerSessionV2.profileId: maxLength is 1000, not none',
      'request NewEvent.profileId: maxLength is 1000, not none',
      'request NewEvent.sessionId: maxLength is 1000, not none',
      'request NewReferral.advocateProfileIntegrationId: minLength is 1, not none',
      'request NewReferral.friendProfileIntegrationId: maxLength is 1000, not none',
      'updateCustomerProfileV2 path integrationId: maxLength is 1000, not none',
      'updateCustomerProfileV2 path integrationId: minLength is 1, not none',
      'updateCustomerSessionV2 path customerSessionId: maxLength is 1000, not none',
      'updateCustomerSessionV2 path customerSessionId: minLength is 1, not none',
    ],
  },
  {
    because: 'money is exact as a JSON number up to this amount, and a price below nothing is a mistake (decimal.ts)',
    are: [
      'request AdditionalCost.price: maximum is 1000000000000, not none',
      'request AdditionalCost.price: minimum is 0, not none',
      'request CartItem.price: maximum is 1000000000000, not none',
      'request CartItem.price: minimum is 0, not none',
      'request NewCustomerSession.total: maximum is 1000000000000, not none',
      'request NewCustomerSession.total: minimum is 0, not none',
    ],
  },
  {
    because: 'one request must not cost more than any honest one (semantics.md S6)',
    are: [
      'request CartItem.quantity: maximum is 10000, not none',
      'request CustomerProfileAudienceRequest.data: maxItems is 1000, not none',
      'request CustomerProfileIntegrationRequestV2.responseContent: maxItems is 100, not none',
      'request IntegrationRequest.responseContent: maxItems is 100, not none',
      'request NewCustomerSessionV2.cartItems: maxItems is 1000, not none',
      'request NewCustomerSessionV2.couponCodes: maxItems is 100, not none',
      'request NewCustomerSession.cartItems: maxItems is 1000, not none',
      'request NewEvent.type: maxLength is 1000, not none',
      'request NewReferralsForMultipleAdvocates.validCharacters: maxItems is 1000, not none',
      'request NewReferralsForMultipleAdvocates.validCharacters[]: maxLength is 100, not none',
      'request NewReferralsForMultipleAdvocates.validCharacters[]: minLength is 1, not none',
      'request ProfileAudiencesChanges.adds: maxItems is 1000, not none',
      'request ProfileAudiencesChanges.deletes: maxItems is 1000, not none',
    ],
  },
  {
    because: 'a request that asks for nothing is a mistake, such as a profile whose empty id led it to the bulk row',
    are: [
      'request CustomerProfileAudienceRequest.data: is required',
      'request MultipleCustomerProfileIntegrationRequest.customerProfiles: is required',
      'request MultipleCustomerProfileIntegrationRequest.customerProfiles: minItems is 1, not none',
    ],
  },
  {
    because: 'the documents of 2018 and 2019 let the body be left out (x-optional-seeds)',
    are: ['updateCustomerProfile body: is missing', 'updateCustomerSession body: is missing'],
  },
  {
    because: 'Go sends null for an empty map of attributes: nothing sent means none (wire-facts.md)',
    are: ['request NewEvent.attributes: is not required'],
  },
  {
    because: 'a position is the index of the line, whatever a client says: taken and not kept (semantics.md C2)',
    are: ['request CartItem.position: is missing'],
  },
  {
    because: 'gone by the newest document, and of no effect since: taken and not kept, never answered',
    are: [
      'answer AddLoyaltyPointsEffectProps.expiryCondition: is missing',
      'answer CartItem.adjustment: is missing',
      'request CartItem.adjustment: is missing',
    ],
  },
  {
    because: 'a code pattern has three characters or more, so a code has too',
    are: [
      'answer Coupon.value: minLength is none, not 4',
      'answer InventoryCoupon.value: minLength is none, not 4',
      'answer Referral.code: minLength is none, not 4',
    ],
  },
  {
    because: 'newer servers answer custom effects without a type',
    are: ['answer CustomEffectProps.type: is not required'],
  },
];

/** Where the collection differs from the contract on purpose; each stands here with its reason. */
export const DELIBERATE_DIFFERENCES: readonly string[] = DELIBERATE.flatMap(({ are }) => are).sort();
