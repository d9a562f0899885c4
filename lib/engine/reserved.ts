import { NotFoundError } from '../contract/errors.ts';
import type {
  getReservedCoupons as couponsRow,
  getReservedCustomers as customersRow,
} from '../contract/operations/coupons.ts';
import { isRunning } from '../promotions/promotions.ts';
import { couponState, couponStateNeeds } from './coupon-state.ts';
import type { Moment } from './moment.ts';
import type { DecidedOperation } from './operation.ts';
import type { HolderRecord } from './records.ts';
import { coupon } from './reservations.ts';
import * as codes from './shapes/codes.ts';
import { customerProfile } from './shapes/profile.ts';
import { heldCoupons, walletListing } from './wallet.ts';
import type { WorkingSet } from './working-set.ts';

const NO_CHANGES = { changes: [], published: [] } as const;

/** Those that came together stand by their ids. */
const byTime = (one: HolderRecord, other: HolderRecord): number =>
  compare(one.reserved ?? '', other.reserved ?? '') || compare(one.profileId, other.profileId);

const compare = (one: string, other: string): number => Number(one > other) - Number(one < other);

const reservations = (set: WorkingSet): HolderRecord[] =>
  set.listed.map(({ data }) => data as unknown as HolderRecord).toSorted(byTime);

/**
 * The profiles that hold a reservation of a coupon, the earliest first (semantics.md §2.16); all of them.
 *
 * @throws NotFoundError when the Application has no such coupon.
 */
export const getReservedCustomers: DecidedOperation<typeof customersRow> = {
  subject: 'profile',
  listing: ({ params }, { promotions, records }) => ({
    of: records.couponHolders(promotions.foldCode(params.couponValue)),
    keep: ({ data }) => (data as unknown as HolderRecord).reserved !== undefined,
  }),
  needs: (_input, known, { records }) => reservations(known).map(({ profileId }) => records.profile(profileId)),
  decide: ({ params }, set, moment) => {
    coupon(params.couponValue, moment);
    const data = reservations(set).flatMap(({ profileId }) => {
      const profile = set.get(moment.records.profile(profileId));
      return profile ? [customerProfile(profile, moment)] : [];
    });
    return { response: { totalResultSize: data.length, data }, ...NO_CHANGES };
  },
};

const reservedCoupons = (profileId: string, set: WorkingSet, moment: Moment) =>
  heldCoupons(profileId, set, moment).filter(
    ({ holder, campaign }) => holder.reserved !== undefined && isRunning(campaign, moment.now),
  );

/**
 * The coupons that a profile has reserved and could use now (semantics.md §2.15), by their ids.
 *
 * @throws NotFoundError when there is no such profile.
 */
export const getReservedCoupons: DecidedOperation<typeof couponsRow> = {
  subject: 'profile',
  listing: ({ params }, moment) => walletListing(params.integrationId, moment),
  needs: ({ params: { integrationId } }, known, moment) => [
    moment.records.profile(integrationId),
    ...reservedCoupons(integrationId, known, moment).flatMap((held) => couponStateNeeds(held, integrationId, moment)),
  ],
  decide: ({ params: { integrationId } }, set, moment) => {
    const { records } = moment;
    if (!set.get(records.profile(integrationId))) throw new NotFoundError('There is no profile of this id');
    const data = reservedCoupons(integrationId, set, moment)
      .filter((held) => couponState(held, held.holder, set, moment) === 'active')
      .map((held) => codes.countedCoupon(held, set, moment));
    return { response: { totalResultSize: data.length, data }, ...NO_CHANGES };
  },
};
