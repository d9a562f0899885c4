import { NotFoundError } from '../contract/errors.ts';
import type { deleteCustomerData as row } from '../contract/operations/customer-data.ts';
import type { Change, Item, Json } from '../store/store.ts';
import { anonymousEvent, anonymousPublication, anonymousReferral, anonymousSession } from './anonymous.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { AT_ONCE } from './owned.ts';
import type { EventRecord, RecordKey, ReferralRecord, SessionRecord } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Deletes a person's data in all Applications of the environment (semantics.md §2.5, §11). What the shop needs as fact
 * stays without the person: totals, codes, states, effects. What only describes the person goes, and with it what they
 * used of limits per profile: whoever comes with the same id later is new (D1).
 *
 * Items are anonymised in as many writes as it takes, the profile with the last: after a crash in between the next call
 * goes on, also where only the profile is gone. Overrules the plan of §11 in two things: items lose their owner instead
 * of sharing a random one, so nothing tells afterwards which of them belonged together; and coupons that the published
 * promotions reserve for the person stay as published.
 *
 * @throws NotFoundError when there is neither such a profile nor anything that belongs to it.
 */
export const deleteCustomerData: EngineOperation<typeof row> = {
  subject: 'profile',
  owners: ({ params }, { records }) =>
    [records.ownerOf(params.integrationId), records.walletOf(params.integrationId)].filter(
      (owner) => owner !== undefined,
    ),
  needs: ({ params }, known, { records }) => [
    records.profile(params.integrationId),
    ...known.owned.items.filter(isReferralLink).map(referralOf),
  ],
  decide: ({ params }, set, moment) => {
    const profile = moment.records.profile(params.integrationId);
    const others = set.owned.items.filter(({ key }) => key.partition !== profile.key.partition);
    if (!set.get(profile) && others.length === 0) throw new NotFoundError('There is no profile of this id');
    const changes: Change[] = [];
    let bytes = 0;
    for (const item of others) {
      const own = anonymised(item, params.integrationId, set, moment);
      bytes += own.reduce((sum, change) => sum + bytesOf(change), 0);
      // The first one always fits: it is smaller than it was.
      if (changes.length > 0 && (bytes > WRITE_BYTES || changes.length + own.length > AT_ONCE))
        return { response: undefined, changes, published: [], unfinished: true };
      changes.push(...own);
    }
    if (!set.owned.complete) return { response: undefined, changes, published: [], unfinished: true };
    return {
      response: undefined,
      changes: [...changes, ...(set.get(profile) ? [set.remove(profile)] : [])],
      published: [],
    };
  },
};

/** Well below what a write may hold, for its keys are not counted here. */
const WRITE_BYTES = 3 * 1024 * 1024;

const bytesOf = (change: Change): number => ('put' in change ? Buffer.byteLength(JSON.stringify(change.put.data)) : 0);

/** Of an Application's record. Other items of a person may have any name there: what is held of a shop has the shop's. */
const kindOf = ({ key }: Item): string | undefined => /^\d+\/\d+\/([^/]+)/.exec(key.partition)?.[1];

const isReferralLink = (item: Item): boolean => kindOf(item) === 'referral' && item.key.sort.startsWith('profile/');

const referralOf = ({ key }: Item): RecordKey<ReferralRecord> => ({
  key: { partition: key.partition, sort: 'referral' },
});

/** What becomes of an item when its person goes. */
const anonymised = (item: Item, person: string, set: WorkingSet, moment: Moment): Change[] => {
  const { key, version, data, due, expires } = item;
  const put = (kept: object): Change[] => [
    { put: { key, data: kept as Json, ...(due && { due }), ...(expires && { expires }) }, expect: version },
  ];
  // Counts: the person's own share of a limit.
  if (version === 0) return [{ remove: key }];
  // What waits to be done, such as telling the shop of effects, is still done.
  if (due) return put(anonymousPublication(data as object, person));
  switch (kindOf(item)) {
    case 'session':
      // An open session stays open, against the guess of D2: somebody may be about to pay for it, and a paid order must
      // close (design.md decision 18).
      return put({ ...anonymousSession(data as unknown as SessionRecord), updated: moment.now.toISOString() });
    case 'event':
      return put(anonymousEvent(data as unknown as EventRecord, person));
    case 'referral':
      return isReferralLink(item)
        ? [{ remove: key, expect: version }, ...withoutFriend(referralOf(item), person, set)]
        : put(anonymousReferral(data as unknown as ReferralRecord));
    default:
      // Nothing but the person.
      return [{ remove: key, expect: version }];
  }
};

/** A code that was made for the person is made for nobody in particular now. It stays its advocate's. */
const withoutFriend = (record: RecordKey<ReferralRecord>, person: string, set: WorkingSet): Change[] => {
  const referral = set.get(record);
  if (referral?.friendProfileIntegrationId !== person) return [];
  const change = set.put(record, { ...referral, friendProfileIntegrationId: '' }, set.ownerOf(record));
  return [change];
};
