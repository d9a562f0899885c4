import { InvalidRequestError } from '../contract/errors.ts';
import type { Input } from '../contract/operation.ts';
import type { createReferralsForMultipleAdvocates as row } from '../contract/operations/referrals.ts';
import type { Referral } from '../contract/schemas/codes.ts';
import type { CodeSettings } from '../promotions/snapshot.ts';
import type { Json } from '../store/store.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import { codesToRead, DEFAULT_CODES, freeCodes } from './draw-codes.ts';
import type { Moment } from './moment.ts';
import type { BulkOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { ReferralRecord } from './records.ts';
import { campaignIssues } from './referrals.ts';
import { referral } from './shapes/codes.ts';
import type { WorkingSet } from './working-set.ts';

/** A referral to be made, and how to draw another code should somebody have taken this one meanwhile. */
type Row = { readonly referral: Omit<ReferralRecord, 'id'>; readonly settings: CodeSettings } & Json;

const settingsOf = ({ body }: Input<typeof row>, { promotions }: Moment): CodeSettings => {
  const own = promotions.campaignById(body.campaignId)?.campaign.referralSettings ?? DEFAULT_CODES;
  return {
    validCharacters: body.validCharacters ?? own.validCharacters,
    couponPattern: body.referralPattern ?? own.couponPattern,
  };
};

const BATCH_ID: CodeSettings = {
  validCharacters: [...'abcdefghijklmnopqrstuvwxyz234567'],
  couponPattern: '#'.repeat(16),
};

const codesOf = (rows: readonly Row[]): ReadonlySet<string> => new Set(rows.map((each) => each.referral.code));

/** The rows whose code somebody took after it was drawn. */
const taken = (rows: readonly Row[], set: WorkingSet, { records }: Moment): Row[] =>
  rows.filter((each) => set.get(records.referral(each.referral.code)));

/**
 * Makes a referral code for each of many advocates, all or none (semantics.md §2.3). An advocate who is named twice gets
 * two codes; missing advocates are made. The codes of one call share a `batchId`.
 *
 * @throws NotFoundError when the Application has no such campaign.
 * @throws InvalidRequestError for undeclared attributes, a campaign without referrals, or when the pattern has not enough
 * unused codes.
 */
export const createReferralsForMultipleAdvocates: BulkOperation<typeof row, Row> = {
  id: 'createReferralsForMultipleAdvocates',
  subject: 'profile',
  rowsPerWrite: 45,
  needs: (input, known, moment) =>
    codesToRead(input.body.advocateProfileIntegrationIds.length, settingsOf(input, moment), known, moment),
  accept: (input, set, moment) => {
    const { body } = input;
    const advocates = body.advocateProfileIntegrationIds;
    refuse([
      ...campaignIssues(body.campaignId, moment),
      ...attributeIssues(moment.promotions, 'Referral', body.attributes, ['attributes']),
    ]);
    const settings = settingsOf(input, moment);
    const codes = freeCodes(advocates.length, settings, set, moment);
    if (codes.length < advocates.length) {
      const pointer = body.referralPattern === undefined ? '/campaignId' : '/referralPattern';
      const details = 'the pattern has not enough unused codes for all advocates; give it more places';
      throw new InvalidRequestError([{ title: 'Invalid value', details, source: { pointer } }]);
    }
    const shared = {
      created: moment.now.toISOString(),
      campaignId: body.campaignId,
      friendProfileIntegrationId: '',
      usageLimit: body.usageLimit,
      ...(body.startDate && { startDate: body.startDate.toISOString() }),
      ...(body.expiryDate && { expiryDate: body.expiryDate.toISOString() }),
      attributes: mergeAttributes({}, body.attributes),
      batchId: moment.code(BATCH_ID, -1),
    };
    return advocates.map(
      (advocate, index) =>
        ({
          referral: { ...shared, code: codes[index] ?? '', advocateProfileIntegrationId: advocate },
          settings,
        }) as unknown as Row,
    );
  },
  rowNeeds: (rows, known, moment) => {
    const { records } = moment;
    const own = rows.flatMap(({ referral: { code, advocateProfileIntegrationId: advocate } }) => [
      records.referral(code),
      records.profile(advocate),
    ]);
    const lost = own.every((record) => known.knows(record)) ? taken(rows, known, moment).length : 0;
    const [first] = rows;
    return lost === 0 || !first ? own : [...own, ...codesToRead(lost, first.settings, known, moment, codesOf(rows))];
  },
  apply: (rows, set, moment) => {
    const { records } = moment;
    const lost = new Set(taken(rows, set, moment));
    const settings = rows[0]?.settings ?? DEFAULT_CODES;
    const others = freeCodes(lost.size, settings, set, moment, codesOf(rows));
    const made = rows.map((each): ReferralRecord => {
      const code = lost.has(each) ? others.shift() : each.referral.code;
      if (code === undefined) throw new Error('the codes of an accepted batch are used up');
      return { id: moment.newId(), ...each.referral, code };
    });
    const missing = new Set(made.map((each) => each.advocateProfileIntegrationId)).values();
    return {
      changes: [
        ...made.map((each) =>
          set.put(records.referral(each.code), each, records.walletOf(each.advocateProfileIntegrationId)),
        ),
        ...missing
          .filter((advocate) => !set.get(records.profile(advocate)))
          .flatMap((advocate) => profileChanges(newProfile(advocate, moment.newId(), moment), set, moment)),
      ],
      answers: made.map((each) => referral(each, 0)),
    };
  },
  answer: ({ query }, answers) =>
    query.silent === 'yes' ? undefined : { totalResultSize: answers.length, data: answers as Referral[] },
};
