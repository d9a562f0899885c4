import { InvalidRequestError, type Issue } from '../contract/errors.ts';
import type { Input } from '../contract/operation.ts';
import {
  LONGEST_CODE,
  longestCode,
  type createReferralsForMultipleAdvocates as row,
} from '../contract/operations/referrals.ts';
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

/** Pattern and characters may come from two sides, the request and the campaign: together they may be too long. */
const lengthIssues = ({ body }: Input<typeof row>, { couponPattern, validCharacters }: CodeSettings): Issue[] => {
  if (longestCode(couponPattern, validCharacters) <= LONGEST_CODE) return [];
  const details = `codes would be longer than ${LONGEST_CODE} characters`;
  const source = { pointer: body.validCharacters === undefined ? '/referralPattern' : '/validCharacters' };
  return [{ title: 'Invalid value', details, source }];
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
 * Codes instead of those that somebody took. Where the pattern has none left, they look as if nobody had said how: these
 * rows are accepted, and a code that looks otherwise is better than none.
 */
const otherCodes = (count: number, rows: readonly Row[], set: WorkingSet, moment: Moment): string[] => {
  const codes = freeCodes(count, rows[0]?.settings ?? DEFAULT_CODES, set, moment, codesOf(rows));
  return [...codes, ...freeCodes(count - codes.length, DEFAULT_CODES, set, moment)];
};

/** The records to read until {@link otherCodes} finds enough. */
const othersToRead = (count: number, rows: readonly Row[], known: WorkingSet, moment: Moment) => {
  const settings = rows[0]?.settings ?? DEFAULT_CODES;
  const unread = codesToRead(count, settings, known, moment, codesOf(rows));
  if (unread.length > 0) return unread;
  const missing = count - freeCodes(count, settings, known, moment, codesOf(rows)).length;
  return codesToRead(missing, DEFAULT_CODES, known, moment);
};

/**
 * Makes a referral code for each of many advocates, all or none (semantics.md §2.3). An advocate who is named twice gets
 * two codes; missing advocates are made. The codes of one call share a `batchId`.
 *
 * @throws NotFoundError when the Application has no such campaign.
 * @throws InvalidRequestError for undeclared attributes, a campaign without referrals, codes over 100 characters, or when
 * the pattern has not enough unused codes.
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
    const settings = settingsOf(input, moment);
    refuse([
      ...campaignIssues(body.campaignId, moment),
      ...attributeIssues(moment.promotions, 'Referral', body.attributes, ['attributes']),
      ...lengthIssues(input, settings),
    ]);
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
  profileOf: ({ referral: { advocateProfileIntegrationId } }) => advocateProfileIntegrationId,
  rowNeeds: (rows, known, moment) => {
    const { records } = moment;
    const own = rows.flatMap(({ referral: { code, advocateProfileIntegrationId: advocate } }) => [
      records.referral(code),
      records.profile(advocate),
    ]);
    const lost = own.every((record) => known.knows(record)) ? taken(rows, known, moment).length : 0;
    return lost === 0 ? own : [...own, ...othersToRead(lost, rows, known, moment)];
  },
  apply: (rows, set, moment) => {
    const { records } = moment;
    const lost = new Set(taken(rows, set, moment));
    const others = otherCodes(lost.size, rows, set, moment);
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
