import type { EffectOf } from '../contract/effects.ts';
import type { Change } from '../store/store.ts';
import type { Moment } from './moment.ts';
import type { HolderRecord, RecordKey, SessionRecord } from './records.ts';
import type { WorkingSet } from './working-set.ts';

type Owned = Pick<SessionRecord, 'profileId' | 'couponCodes' | 'referralCode'>;

/** The records of who redeemed which of a session's codes; none for anonymous sessions. */
export const holderNeeds = (
  { profileId, couponCodes, referralCode }: Owned,
  { records }: Moment,
): RecordKey<HolderRecord>[] =>
  profileId === ''
    ? []
    : [
        ...couponCodes.map((code) => records.couponHolder(code, profileId)),
        ...(referralCode === '' ? [] : [records.referralFriend(referralCode, profileId)]),
      ];

/**
 * Notes who redeemed the accepted codes (`by` 1, on close) or takes it back (`by` -1, on cancellation). A redeemed code
 * stays with the profile like a reservation (semantics.md §1.7, §3.9).
 */
export const holderChanges = (
  { profileId }: Owned,
  effects: readonly EffectOf[],
  by: 1 | -1,
  set: WorkingSet,
  { records, now }: Moment,
): Change[] => {
  if (profileId === '') return [];
  return effects.flatMap((effect): Change[] => {
    if (effect.effectType !== 'acceptCoupon' && effect.effectType !== 'acceptReferral') return [];
    const code = effect.props.value;
    const isCoupon = effect.effectType === 'acceptCoupon';
    const record = isCoupon ? records.couponHolder(code, profileId) : records.referralFriend(code, profileId);
    const held = set.get(record);
    const redemptions = Math.max(0, (held?.redemptions ?? 0) + by);
    // Redeemed now: reserved from now on. Taken back, it stays reserved if it still is (§3.9).
    const reserved = held?.reserved ?? (isCoupon && by === 1 ? now.toISOString() : undefined);
    const holder = { profileId, code, redemptions, ...(reserved !== undefined && { reserved }) };
    return [set.put(record, holder, records.walletOf(profileId))];
  });
};
