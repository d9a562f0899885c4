import { NotFoundError } from '../contract/errors.ts';
import type { deleteCustomerData as row } from '../contract/operations/customer-data.ts';
import type { Change, Item, Json } from '../store/store.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import type { EventRecord, ReferralRecord, SessionRecord } from './records.ts';

/**
 * Deletes a person's data in all Applications of the environment (semantics.md §2.5, §11). What the shop needs as fact
 * stays without the person: totals, codes, states, effects. What only describes the person goes.
 *
 * Items are anonymised in as many writes as it takes, the profile last: a crash in between leaves a profile that the
 * next call finishes. Overrules the plan of §11 in one thing: items lose their owner instead of sharing a random one, so
 * nothing tells afterwards which of them belonged together.
 *
 * @throws NotFoundError when there is no such profile.
 */
export const deleteCustomerData: EngineOperation<typeof row> = {
  subject: 'profile',
  owner: ({ params }, { records }) => records.ownerOf(params.integrationId) ?? '',
  needs: ({ params }, _known, { records }) => [records.profile(params.integrationId)],
  decide: ({ params }, set, moment) => {
    const profile = moment.records.profile(params.integrationId);
    if (!set.get(profile)) throw new NotFoundError('There is no profile of this id');
    const others = set.owned.filter(({ key }) => key.partition !== profile.key.partition);
    const changes = others.map((item) => anonymised(item, moment));
    if (changes.length > 0) return { response: undefined, changes, published: [], unfinished: true };
    return { response: undefined, changes: [set.remove(profile)], published: [] };
  },
};

/** What becomes of an item when its person goes. Kinds without a line of their own hold nothing but the person: they go. */
const anonymised = (item: Item, moment: Moment): Change => {
  const { key, version } = item;
  const kind = item.key.partition.split('/')[2];
  const put = (data: object): Change => ({ put: { key, data: data as Json }, expect: version });
  if (kind === 'session') return put(anonymousSession(item.data as unknown as SessionRecord, moment));
  if (kind === 'event') return put(anonymousEvent(item.data as unknown as EventRecord));
  if (kind === 'referral' && key.sort === 'referral')
    return put(anonymousReferral(item.data as unknown as ReferralRecord));
  return { remove: key, expect: version };
};

/** An open session of the person ends with them (D2); nothing was redeemed, so nothing rolls back. */
const anonymousSession = (session: SessionRecord, { now }: Moment): SessionRecord => ({
  ...session,
  updated: now.toISOString(),
  profileId: '',
  state: session.state === 'open' ? 'cancelled' : session.state,
  identifiers: [],
  attributes: {},
  cartItems: session.cartItems.map(({ attributes: _, ...item }) => item),
});

const anonymousEvent = (event: EventRecord): EventRecord => ({ ...event, profileId: '', attributes: {} });

/** The code serves nobody any more. */
const anonymousReferral = (referral: ReferralRecord): ReferralRecord => ({
  ...referral,
  advocateProfileIntegrationId: '',
  friendProfileIntegrationId: '',
  attributes: {},
});
