import { NotFoundError } from '../contract/errors.ts';
import type { getCustomerInventory as row } from '../contract/operations/profiles.ts';
import { couponState, couponStateNeeds } from './coupon-state.ts';
import type { DecidedOperation } from './operation.ts';
import * as codes from './shapes/codes.ts';
import { customerProfile } from './shapes/profile.ts';
import { heldCoupons, ownReferrals, walletListing } from './wallet.ts';

/**
 * What belongs to a profile in this Application, each part where its flag asks for it (semantics.md §2.6): its referral
 * codes as an advocate, and the coupons that it reserved or redeemed or that are for it alone. Changes nothing.
 *
 * @throws NotFoundError when there is no such profile.
 */
export const getCustomerInventory: DecidedOperation<typeof row> = {
  subject: 'profile',
  listing: ({ params, query }, moment) =>
    query.coupons || query.referrals ? walletListing(params.integrationId, moment) : undefined,
  needs: ({ params: { integrationId }, query }, known, moment) => [
    moment.records.profile(integrationId),
    ...(query.coupons
      ? heldCoupons(integrationId, known, moment).flatMap((held) => couponStateNeeds(held, integrationId, moment))
      : []),
    ...(query.referrals
      ? ownReferrals(integrationId, known, moment).map(({ code }) => moment.records.referralUse(code))
      : []),
  ],
  decide: ({ params: { integrationId }, query }, set, moment) => {
    const { records } = moment;
    const profile = set.get(records.profile(integrationId));
    if (!profile) throw new NotFoundError('There is no profile of this id');
    const coupons = () =>
      heldCoupons(integrationId, set, moment).map((held) => ({
        ...codes.countedCoupon(held, set, moment),
        profileRedemptionCount: held.holder.redemptions,
        state: couponState(held, held.holder, set, moment),
      }));
    const referrals = () =>
      ownReferrals(integrationId, set, moment).map((each) =>
        codes.referral(each, set.count(records.referralUse(each.code), 'usage')),
      );
    return {
      response: {
        ...(query.profile && { profile: customerProfile(profile, moment) }),
        ...(query.loyalty && { loyalty: { programs: {} } }),
        ...(query.referrals && { referrals: referrals() }),
        ...(query.coupons && { coupons: coupons() }),
        ...(query.giveaways && { giveaways: [] }),
      },
      changes: [],
      published: [],
    };
  },
};
