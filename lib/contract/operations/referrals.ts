import * as z from 'zod';
import { inBody } from '../named.ts';
import { operation } from '../operation.ts';
import { Referral, ReferralList } from '../schemas/codes.ts';
import {
  attributes,
  integrationId,
  integrationIds,
  optional,
  profileReference,
  silent,
  time,
  wellFormed,
} from '../wire.ts';

const usageLimit = z.int().min(0).max(999_999);

/** Makes a new referral code for one advocate; every call makes another (semantics.md §2.2). */
export const createReferral = operation({
  id: 'createReferral',
  summary: 'Create a referral code for one advocate',
  method: 'POST',
  path: '/v1/referrals',
  auth: ['apiKey', 'signature'],
  seeds: ['2018-php', '2019-java', '2019-go', '2020-php', '2021-php'],
  params: z.object({}),
  query: z.object({}),
  body: z.object({
    campaignId: z.int(),
    advocateProfileIntegrationId: integrationId,
    friendProfileIntegrationId: optional(profileReference),
    startDate: time,
    expiryDate: time,
    usageLimit: optional(usageLimit),
    attributes,
  }),
  success: { status: 201, body: Referral },
  errors: [400, 401, 404, 409, 413, 415],
  statusCodeOn400: false,
  repeat: 'unsafe',
  names: ({ body }) => ({
    profiles: [
      ...inBody(['advocateProfileIntegrationId'], body.advocateProfileIntegrationId),
      ...inBody(['friendProfileIntegrationId'], body.friendProfileIntegrationId),
    ],
  }),
  whenSuppressed: 'refuse',
});

/** A code that customers can type is no longer (semantics.md K3). */
export const LONGEST_CODE = 100;

/** How long the codes of a pattern may get. */
export const longestCode = (pattern: string, characters: readonly string[]): number =>
  pattern.length + (pattern.split('#').length - 1) * (Math.max(1, ...characters.map(({ length }) => length)) - 1);

const pattern = wellFormed(z.string().min(3).max(LONGEST_CODE));

/** Each entry stands for one character, and may be several (semantics.md K7). None: the default alphabet. */
const characters = z
  .array(wellFormed(z.string().min(1).max(LONGEST_CODE)))
  .max(1000)
  .refine((list) => new Set(list).size === list.length, 'names a character twice')
  .transform((list) => (list.length === 0 ? undefined : list));

const NewReferrals = z
  .object({
    campaignId: z.int(),
    advocateProfileIntegrationIds: integrationIds.min(1),
    usageLimit,
    startDate: time,
    expiryDate: time,
    attributes,
    validCharacters: optional(characters),
    referralPattern: optional(pattern),
  })
  .superRefine(({ referralPattern = '', validCharacters = [] }, context) => {
    if (referralPattern.length > LONGEST_CODE || longestCode(referralPattern, validCharacters) <= LONGEST_CODE) return;
    const message = `codes of this pattern would be longer than ${LONGEST_CODE} characters`;
    context.addIssue({ code: 'custom', path: ['validCharacters'], message });
  });

/** Makes a referral code for each of up to 1000 advocates, all or none; every call makes others (semantics.md §2.3). */
export const createReferralsForMultipleAdvocates = operation({
  id: 'createReferralsForMultipleAdvocates',
  summary: 'Create a referral code for each of up to 1000 advocates; silent=yes answers nothing',
  method: 'POST',
  path: '/v1/referrals_for_multiple_advocates',
  auth: ['apiKey'],
  seeds: ['2021-php'],
  params: z.object({}),
  query: z.object({ silent }),
  body: NewReferrals,
  success: { status: 201, body: ReferralList.optional() },
  errors: [400, 401, 404, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'unsafe',
  rows: 'advocateProfileIntegrationIds',
  names: ({ body }) => ({
    profiles: body.advocateProfileIntegrationIds.flatMap((id, index) =>
      inBody(['advocateProfileIntegrationIds', index], id),
    ),
  }),
  whenSuppressed: 'refuse',
});
