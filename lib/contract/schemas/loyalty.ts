import * as z from 'zod';
import { id, timestamp } from './scalars.ts';

/** Points of one ledger, by what has become of them (semantics.md Y3, Y6). */
export const LoyaltyProgramBalance = z.looseObject({
  currentBalance: z.number(),
  pendingBalance: z.number(),
  expiredBalance: z.number(),
  spentBalance: z.number(),
  tentativeCurrentBalance: z.number(),
});

/** A program's main ledger and its subledgers by name. */
export const LoyaltyProgramLedgers = z.looseObject({
  id,
  title: z.string(),
  name: z.string(),
  ledger: LoyaltyProgramBalance,
  subLedgers: z.record(z.string(), LoyaltyProgramBalance).optional(),
});

/** The caller's loyalty programs by program id as text (semantics.md Y11). */
export const Loyalty = z.looseObject({ programs: z.record(z.string(), LoyaltyProgramLedgers) });

/** Points that an event added or took; `amount` is whole here, unlike everywhere else. */
export const LedgerEntry = z.looseObject({
  id,
  created: timestamp,
  profileId: z.string(),
  accountId: id,
  loyaltyProgramId: id,
  eventId: id,
  amount: z.int(),
  reason: z.string(),
  expiryDate: timestamp,
  referenceId: id.optional(),
});
