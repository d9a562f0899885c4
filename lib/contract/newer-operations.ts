import type { OperationId } from './operations/table.ts';

/** What comes nearest to a newer operation here. */
export interface Alternative {
  readonly operation: OperationId;
  /** How it serves, and what it does not do: follows `PUT /v1/things/{id} ` in the answer. */
  readonly how: string;
}

/** An operation of the API that came after the five documents; no function serves its path. */
export interface NewerOperation {
  readonly id: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: `/${string}`;
  /** The month of the first published client that has it; undefined where only the newest document has it. */
  readonly since: `${number}-${number}` | undefined;
  /** Undefined where nothing here does it. */
  readonly alternative?: Alternative;
}

const withSession: Alternative = {
  operation: 'trackEvent',
  how: 'records an event in the session that its sessionId names, and answers effects as lists',
};

const balances: Alternative = {
  operation: 'getCustomerInventory',
  how: 'answers the balances of all programs of a profile with loyalty=true',
};

const balancesOnly: Alternative = { ...balances, how: `${balances.how}, but no single entries` };

const session = '/v2/customer_sessions/{customerSessionId}';
const audience = '/v2/audiences/{audienceId}';
const profilePoints = '/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}';
const cards = '/v1/loyalty_programs/{loyaltyProgramId}/cards';
const card = `${cards}/{loyaltyCardId}` as const;
const linkedCard = '/v2/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}';
const achievements = '/v1/customer_profiles/{integrationId}/achievements';

/** Every such operation (design.md decision 17). Where an alternative says what it leaves out, semantics.md §2 is the source. */
export const newerOperations: readonly NewerOperation[] = [
  {
    id: 'getCustomerSession',
    method: 'GET',
    path: session,
    since: '2022-08',
    alternative: {
      operation: 'updateCustomerSessionV2',
      how: 'answers an open session with its effects to {"customerSession": {}, "responseContent": ["customerSession"]}; a session that is not there comes to be',
    },
  },
  {
    id: 'returnCartItems',
    method: 'POST',
    path: `${session}/returns`,
    since: '2022-08',
    alternative: {
      operation: 'updateCustomerSessionV2',
      how: 'takes a closed session back as a whole with "state": "cancelled"; it takes no part of one back',
    },
  },
  {
    id: 'reopenCustomerSession',
    method: 'PUT',
    path: `${session}/reopen`,
    since: '2023-04',
    alternative: {
      operation: 'updateCustomerSessionV2',
      how: 'cancels a closed session with "state": "cancelled", and begins another one under another id; a closed session is never open again',
    },
  },
  { id: 'trackEventV2', method: 'POST', path: '/v2/events', since: '2022-08', alternative: withSession },
  { id: 'trackEventV3', method: 'POST', path: '/v3/events', since: undefined, alternative: withSession },
  { id: 'getEventV3', method: 'GET', path: '/v3/events/{integrationId}', since: undefined },
  { id: 'createAudienceV2', method: 'POST', path: '/v2/audiences', since: '2021-08' },
  { id: 'updateAudienceV2', method: 'PUT', path: audience, since: '2021-08' },
  { id: 'deleteAudienceV2', method: 'DELETE', path: audience, since: '2021-08' },
  {
    id: 'deleteAudienceMembershipsV2',
    method: 'DELETE',
    path: `${audience}/memberships`,
    since: '2021-08',
    alternative: {
      operation: 'updateCustomerProfileAudiences',
      how: 'takes profiles out of an audience by their ids, up to 1000 at a time',
    },
  },
  {
    id: 'updateAudienceCustomersAttributes',
    method: 'PUT',
    path: '/v2/audience_customers/{audienceId}/attributes',
    since: '2021-08',
    alternative: {
      operation: 'updateCustomerProfilesV2',
      how: 'sets the attributes of up to 1000 profiles by their ids; it does not ask who is in an audience',
    },
  },
  {
    id: 'getLoyaltyBalances',
    method: 'GET',
    path: `${profilePoints}/balances`,
    since: '2023-04',
    alternative: balances,
  },
  {
    id: 'getLoyaltyProgramProfilePoints',
    method: 'GET',
    path: `${profilePoints}/points`,
    since: '2023-10',
    alternative: balancesOnly,
  },
  {
    id: 'getLoyaltyProgramProfileTransactions',
    method: 'GET',
    path: `${profilePoints}/transactions`,
    since: '2023-04',
    alternative: balancesOnly,
  },
  {
    id: 'deleteLoyaltyTransactionsFromLedgers',
    method: 'POST',
    path: `${profilePoints}/delete_transactions`,
    since: '2026-05',
  },
  { id: 'getLoyaltyCardBalances', method: 'GET', path: `${card}/balances`, since: '2023-04' },
  { id: 'getLoyaltyCardPoints', method: 'GET', path: `${card}/points`, since: '2023-10' },
  { id: 'getLoyaltyCardTransactions', method: 'GET', path: `${card}/transactions`, since: '2023-04' },
  { id: 'generateLoyaltyCard', method: 'POST', path: cards, since: '2024-09' },
  { id: 'linkLoyaltyCardToProfile', method: 'POST', path: `${linkedCard}/link_profile`, since: '2023-04' },
  { id: 'unlinkLoyaltyCardFromProfile', method: 'POST', path: `${linkedCard}/unlink_profile`, since: '2026-05' },
  {
    id: 'activateLoyaltyPoints',
    method: 'POST',
    path: '/v1/loyalty_programs/{loyaltyProgramId}/activate_points',
    since: '2026-05',
  },
  { id: 'getCustomerAchievements', method: 'GET', path: achievements, since: '2025-05' },
  {
    id: 'getCustomerAchievementHistory',
    method: 'GET',
    path: `${achievements}/{achievementId}`,
    since: '2025-05',
  },
  { id: 'syncCatalog', method: 'PUT', path: '/v1/catalogs/{catalogId}/sync', since: '2022-08' },
  { id: 'integrationGetAllCampaigns', method: 'GET', path: '/v1/integration/campaigns', since: '2026-05' },
  { id: 'bestPriorPrice', method: 'POST', path: '/v1/best_prior_price', since: '2025-11' },
];
