import * as z from 'zod';
import { attributesOut, id, timestamp } from './scalars.ts';

/** An audience that a profile is in. */
export const AudienceMembership = z.looseObject({ id, name: z.string() });
export type AudienceMembership = z.output<typeof AudienceMembership>;

/** A loyalty program that a profile has joined. */
export const LoyaltyMembership = z.looseObject({ joined: timestamp.optional(), loyaltyProgramId: id });

/** A customer profile (semantics.md §1.4). `totalSales` is before discounts, in the major unit. */
export const CustomerProfile = z.looseObject({
  id: id.optional(),
  created: timestamp,
  integrationId: z.string(),
  attributes: attributesOut,
  accountId: id,
  closedSessions: z.int(),
  totalSales: z.number(),
  loyaltyMemberships: z.array(LoyaltyMembership).optional(),
  audienceMemberships: z.array(AudienceMembership).optional(),
  lastActivity: timestamp,
});
export type CustomerProfile = z.output<typeof CustomerProfile>;

/** Profiles; `totalResultSize` counts all that were found, also those beyond the ones listed. */
export const CustomerProfileList = z.looseObject({ totalResultSize: z.int(), data: z.array(CustomerProfile) });
export type CustomerProfileList = z.output<typeof CustomerProfileList>;
