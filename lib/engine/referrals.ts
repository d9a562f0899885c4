import { InvalidRequestError, NotFoundError } from '../contract/errors.ts';
import type { Input } from '../contract/operation.ts';
import type { createReferral as row } from '../contract/operations/referrals.ts';
import type { CodeSettings } from '../promotions/snapshot.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { ReferralRecord } from './records.ts';
import { referral } from './shapes/codes.ts';

/** How codes look when the campaign does not say (semantics.md K6, K8). */
export const DEFAULT_CODES: CodeSettings = {
  validCharacters: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
  couponPattern: '########',
};

/** How many codes a call draws before it says that none is left. */
const DRAWS = 5;

const drawnCodes = ({ body }: Input<typeof row>, moment: Moment): string[] => {
  const settings = moment.promotions.campaignById(body.campaignId)?.campaign.referralSettings ?? DEFAULT_CODES;
  return Array.from({ length: DRAWS }, (_, n) => moment.promotions.foldCode(moment.code(settings, n)));
};

/**
 * Makes a referral code for one advocate: a new one with every call (semantics.md §2.2). A campaign that is not running
 * issues codes all the same; redemption is what fails.
 */
export const createReferral: EngineOperation<typeof row> = {
  subject: 'profile',
  needs: (input, _known, moment) => [
    moment.records.profile(input.body.advocateProfileIntegrationId),
    ...drawnCodes(input, moment).map((code) => moment.records.referral(code)),
  ],
  decide: (input, set, moment) => {
    const { body } = input;
    const { records, now } = moment;
    const found = moment.promotions.campaignById(body.campaignId);
    if (!found) throw new NotFoundError('There is no campaign of this id in this Application');
    refuse([
      ...attributeIssues(moment.promotions, 'Referral', body.attributes, ['attributes']),
      ...(found.campaign.features.includes('referrals')
        ? []
        : [{ title: 'Invalid value', details: 'the campaign has no referrals', source: { pointer: '/campaignId' } }]),
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
    const code = drawnCodes(input, moment).find((drawn) => !set.get(records.referral(drawn)));
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
        set.put(records.referral(code), record, records.ownerOf(advocate)),
        ...profileChanges(profile, set, moment),
      ],
      published: [],
    };
  },
};
