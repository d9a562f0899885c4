import { type Issue, NotFoundError } from '../contract/errors.ts';
import type {
  createCouponReservation as creation,
  deleteCouponReservation as deletion,
} from '../contract/operations/coupons.ts';
import { pointer } from '../contract/validate.ts';
import type { FoundCoupon } from '../promotions/promotions.ts';
import type { Change } from '../store/store.ts';
import { refuse } from './attributes.ts';
import type { Moment } from './moment.ts';
import type { BulkOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import * as codes from './shapes/codes.ts';
import type { WorkingSet } from './working-set.ts';

/** A coupon's stored code and a profile. */
type Row = { readonly code: string; readonly profileId: string };

/** The coupon of a code. @throws NotFoundError when the Application has none. */
export const coupon = (code: string, { promotions }: Moment): FoundCoupon => {
  const found = promotions.couponByCode(code);
  if (!found) throw new NotFoundError('There is no coupon of this code in this Application');
  return found;
};

const rowsOf = (code: string, profiles: readonly string[], moment: Moment): Row[] =>
  [...new Set(profiles)].map((profileId) => ({ code: coupon(code, moment).coupon.value, profileId }));

const useNeeds = (code: string, { promotions, records }: Moment) => {
  const found = promotions.couponByCode(code);
  return found ? [records.couponUse(found.coupon.value)] : [];
};

/** Why a coupon cannot be reserved: it can never be redeemed any more, or not by these profiles (semantics.md §2.1). */
const issuesOf = (
  { coupon: { value, expiryDate, usageLimit, recipientIntegrationId } }: FoundCoupon,
  profiles: readonly string[],
  set: WorkingSet,
  { now, records }: Moment,
): Issue[] => {
  const ofCoupon = (details: string): Issue[] => [
    { title: 'Invalid value', details, source: { parameter: 'couponValue' } },
  ];
  const strangers = recipientIntegrationId === undefined ? [] : [...profiles.entries()];
  return [
    ...(expiryDate !== undefined && new Date(expiryDate) <= now ? ofCoupon('the coupon is expired') : []),
    ...(usageLimit > 0 && set.count(records.couponUse(value), 'usage') >= usageLimit
      ? ofCoupon('the coupon is used up')
      : []),
    ...strangers
      .filter(([, profile]) => profile !== recipientIntegrationId)
      .map(([index]) => ({
        title: 'Invalid value',
        details: 'the coupon is for another profile alone',
        source: { pointer: pointer(['integrationIDs', index]) },
      })),
  ];
};

/**
 * Reserves a coupon for profiles, which are made where they are missing; what is reserved already stays (semantics.md
 * §2.1). Does not move `lastActivity` (P3). One that starts later, or whose campaign does, can be reserved.
 *
 * @throws NotFoundError when the Application has no such coupon.
 * @throws InvalidRequestError when it is expired, used up, or for another profile alone.
 */
export const createCouponReservation: BulkOperation<typeof creation, Row> = {
  id: 'createCouponReservation',
  subject: 'profile',
  rowsPerWrite: 45,
  needs: ({ params }, _known, moment) => useNeeds(params.couponValue, moment),
  accept: ({ params, body }, set, moment) => {
    refuse(issuesOf(coupon(params.couponValue, moment), body.integrationIDs, set, moment));
    return rowsOf(params.couponValue, body.integrationIDs, moment);
  },
  profileOf: ({ profileId }) => profileId,
  rowNeeds: (rows, _known, { records }) =>
    rows.flatMap(({ code, profileId }) => [records.couponHolder(code, profileId), records.profile(profileId)]),
  apply: (rows, set, moment) => {
    const { records, now } = moment;
    const changes = rows.flatMap(({ code, profileId }): Change[] => {
      const record = records.couponHolder(code, profileId);
      const held = set.get(record) ?? { profileId, code, redemptions: 0 };
      if (held.reserved !== undefined) return [];
      const known = set.get(records.profile(profileId));
      return [
        set.put(record, { ...held, reserved: now.toISOString() }, records.walletOf(profileId)),
        ...(known ? [] : profileChanges(newProfile(profileId, moment.newId(), moment), set, moment)),
      ];
    });
    return { changes, answers: rows };
  },
  answer: ({ params }, _answers, set, moment) => codes.countedCoupon(coupon(params.couponValue, moment), set, moment),
};

/**
 * Takes reservations of a coupon back, also those that came with redeeming it; where there is none, nothing happens
 * (semantics.md §2.4). What a profile redeemed stays counted.
 *
 * @throws NotFoundError when the Application has no such coupon.
 */
export const deleteCouponReservation: BulkOperation<typeof deletion, Row> = {
  id: 'deleteCouponReservation',
  subject: 'profile',
  rowsPerWrite: 90,
  needs: () => [],
  accept: ({ params, body }, _set, moment) => {
    coupon(params.couponValue, moment);
    return rowsOf(params.couponValue, body.integrationIDs, moment);
  },
  profileOf: ({ profileId }) => profileId,
  rowNeeds: (rows, _known, { records }) => rows.map(({ code, profileId }) => records.couponHolder(code, profileId)),
  apply: (rows, set, { records }) => {
    const changes = rows.flatMap(({ code, profileId }): Change[] => {
      const record = records.couponHolder(code, profileId);
      const { reserved, ...held } = set.get(record) ?? { profileId, code, redemptions: 0 };
      if (reserved === undefined) return [];
      return [held.redemptions > 0 ? set.put(record, held, records.walletOf(profileId)) : set.remove(record)];
    });
    return { changes, answers: rows };
  },
  answer: () => undefined,
};
