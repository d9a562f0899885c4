import { InvalidRequestError, NotFoundError } from '../contract/errors.ts';
import type { Input } from '../contract/operation.ts';
import type { createReferral as row } from '../contract/operations/referrals.ts';
import type { CodeSettings } from '../promotions/snapshot.ts';
import type { Change, Json } from '../store/store.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { HolderRecord, RecordKey, ReferralRecord } from './records.ts';
import { referral } from './shapes/codes.ts';
import type { WorkingSet } from './working-set.ts';

/** How codes look when the campaign does not say (semantics.md K6, K8). */
export const DEFAULT_CODES: CodeSettings = {
  validCharacters: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
  couponPattern: '########',
};

const LAST_ROUND = 100;

/** How many codes are drawn at first, and as long as all before are taken: one is nearly always enough. */
const DRAWS = [1, 10, LAST_ROUND];

const drawnCode = (n: number, { body }: Input<typeof row>, { promotions, code }: Moment): string => {
  const settings = promotions.campaignById(body.campaignId)?.campaign.referralSettings ?? DEFAULT_CODES;
  return promotions.foldCode(code(settings, n));
};

/** The records of drawn codes: one more round for as long as all that are known are taken. */
const codesToRead = (input: Input<typeof row>, known: WorkingSet, moment: Moment): RecordKey<ReferralRecord>[] => {
  const codes: RecordKey<ReferralRecord>[] = [];
  for (const draws of DRAWS) {
    while (codes.length < draws) codes.push(moment.records.referral(drawnCode(codes.length, input, moment)));
    if (codes.some((record) => !known.knows(record) || !known.get(record))) break;
  }
  return codes;
};

/** The first drawn code that nobody has; undefined when all that were read are taken. */
const freeCode = (input: Input<typeof row>, set: WorkingSet, moment: Moment): string | undefined => {
  for (let n = 0; n < LAST_ROUND; n++) {
    const code = drawnCode(n, input, moment);
    const record = moment.records.referral(code);
    if (!set.knows(record)) return undefined;
    if (!set.get(record)) return code;
  }
  return undefined;
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
export const createReferral: EngineOperation<typeof row> = {
  subject: 'profile',
  needs: (input, known, moment) => [
    moment.records.profile(input.body.advocateProfileIntegrationId),
    ...codesToRead(input, known, moment),
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
    const code = freeCode(input, set, moment);
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
        ...friendChanges(record, moment),
      ],
      published: [],
    };
  },
};

/** The code is new, so nobody has anything to do with it yet. */
const friendChanges = ({ code, friendProfileIntegrationId: friend }: ReferralRecord, { records }: Moment): Change[] => {
  const owner = records.ownerOf(friend);
  if (owner === undefined) return [];
  const holder: HolderRecord = { profileId: friend, code, redemptions: 0 };
  const { key } = records.referralFriend(code, friend);
  return [{ put: { key, data: holder as unknown as Json, owner }, expect: 'absent' }];
};
