import { decimal, toNumber } from '../../contract/decimal.ts';
import type { CustomerProfile } from '../../contract/schemas/profile.ts';
import type { Moment } from '../moment.ts';
import type { ProfileRecord } from '../records.ts';

/** A profile as both ages answer it. */
export const customerProfile = (profile: ProfileRecord, { accountId, promotions }: Moment): CustomerProfile => ({
  id: profile.id,
  created: profile.created,
  integrationId: profile.integrationId,
  attributes: profile.attributes,
  accountId,
  closedSessions: profile.closedSessions,
  totalSales: toNumber(decimal(profile.totalSales)),
  loyaltyMemberships: [],
  audienceMemberships: profile.audiences.map((id) => ({ id, name: promotions.audiences.get(id)?.name ?? '' })),
  lastActivity: profile.lastActivity,
});

/** The profile that the v1 answer shows for an anonymous session (semantics.md §2.13). */
export const anonymousProfile = (moment: Moment): CustomerProfile => ({
  created: moment.now.toISOString(),
  integrationId: '',
  attributes: {},
  accountId: moment.accountId,
  closedSessions: 0,
  totalSales: 0,
  loyaltyMemberships: [],
  audienceMemberships: [],
  lastActivity: moment.now.toISOString(),
});
