import { InvalidRequestError, type Issue, NotFoundError } from '../contract/errors.ts';
import type { createReferral as row } from '../contract/operations/referrals.ts';
import type { CodeSettings } from '../promotions/snapshot.ts';
import type { Change, Json } from '../store/store.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import { codesToRead, DEFAULT_CODES, freeCodes } from './draw-codes.ts';
import type { Moment } from './moment.ts';
import type { DecidedOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { HolderRecord, ReferralRecord } from './records.ts';
import { referral } from './shapes/codes.ts';

/** How a campaign's codes look. */
const settingsOf = (campaignId: number, { promotions }: Moment): CodeSettings =>
  promotions.campaignById(campaignId)?.campaign.referralSettings ?? DEFAULT_CODES;

/**
 * The campaign that is to issue codes.
 *
 * @returns what is wrong with it.
 * @throws NotFoundError when the Application has no such campaign.
 */
export const campaignIssues = (campaignId: number, { promotions }: Moment): Issue[] => {
  const found = promotions.campaignById(campaignId);
  if (!found) throw new NotFoundError('There is no campaign of this id in this Application');
  if (found.campaign.features.includes('referrals')) return [];
  return [{ title: 'Invalid value', details: 'the campaign has no referrals', source: { pointer: '/campaignId' } }];
};

/**
 * Makes a referral code for one advocate: a new one with every call (semantics.md §2.2). A campaign that is not running
 * issues codes all the same; redemption is what fails. The advocate's profile is made when it is missing; the friend's is
 * not, but the friend is noted, so that deleting their data finds the code.
 *
 * @throws NotFoundError when the Application has no such campaign.
 * @throws InvalidRequestError for undeclared attributes, a campaign without referrals, an advocate who is the friend, or
 * when the pattern's codes are used up.
 */
export const createReferral: DecidedOperation<typeof row> = {
  subject: 'profile',
  needs: (input, known, moment) => [
    moment.records.profile(input.body.advocateProfileIntegrationId),
    ...codesToRead(1, settingsOf(input.body.campaignId, moment), known, moment),
  ],
  decide: (input, set, moment) => {
    const { body } = input;
    const { records, now } = moment;
    refuse([
      ...campaignIssues(body.campaignId, moment),
      ...attributeIssues(moment.promotions, 'Referral', body.attributes, ['attributes']),
      ...(body.friendProfileIntegrationId === body.advocateProfileIntegrationId
        ? [
            {
              title: 'Invalid value',
              details: 'the friend is the advocate',
              source: { pointer: '/friendProfileIntegrationId' },
            },
          ]
        : []),
    ]);
    const [code] = freeCodes(1, settingsOf(body.campaignId, moment), set, moment);
    if (code === undefined) {
      const details = "the codes of the campaign's pattern are used up; give it more places";
      throw new InvalidRequestError([{ title: 'Invalid value', details, source: { pointer: '/campaignId' } }]);
    }
    const advocate = body.advocateProfileIntegrationId;
    const record: ReferralRecord = {
      id: moment.newId(),
      created: now.toISOString(),
      campaignId: body.campaignId,
      code,
      advocateProfileIntegrationId: advocate,
      friendProfileIntegrationId: body.friendProfileIntegrationId ?? '',
      usageLimit: body.usageLimit ?? 1,
      ...(body.startDate && { startDate: body.startDate.toISOString() }),
      ...(body.expiryDate && { expiryDate: body.expiryDate.toISOString() }),
      attributes: mergeAttributes({}, body.attributes),
    };
    const profile = set.get(records.profile(advocate)) ?? newProfile(advocate, moment.newId(), moment);
    return {
      response: referral(record, 0),
      changes: [
        set.put(records.referral(code), record, records.walletOf(advocate)),
        ...profileChanges(profile, set, moment),
        ...friendChanges(record, moment),
      ],
      published: [],
    };
  },
};

/** The code is new, so nobody has anything to do with it yet. */
const friendChanges = ({ code, friendProfileIntegrationId: friend }: ReferralRecord, { records }: Moment): Change[] => {
  const owner = records.walletOf(friend);
  if (owner === undefined) return [];
  const holder: HolderRecord = { profileId: friend, code, redemptions: 0 };
  const { key } = records.referralFriend(code, friend);
  return [{ put: { key, data: holder as unknown as Json, owner }, expect: 'absent' }];
};
