import type { Decimal } from '../contract/decimal.ts';
import type { Change } from '../store/store.ts';
import { plusText } from './evaluate/subject.ts';
import type { Moment } from './moment.ts';
import type { ProfileRecord } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** A profile as it is made on first use: empty (semantics.md P4). */
export const newProfile = (integrationId: string, id: number, { now }: Moment): ProfileRecord => ({
  id,
  integrationId,
  created: now.toISOString(),
  attributes: {},
  audiences: [],
  closedSessions: 0,
  totalSales: '0',
  lastActivity: now.toISOString(),
  applications: [],
});

/** The profile after a call that ran the rules in one of its sessions (semantics.md P3, S4). */
export const activeProfile = (profile: ProfileRecord, { now, promotions }: Moment): ProfileRecord => ({
  ...profile,
  lastActivity: now.toISOString(),
  applications: profile.applications.includes(promotions.application.id)
    ? profile.applications
    : [...profile.applications, promotions.application.id],
});

/** The profile after one of its sessions closed (1) or was cancelled after it (-1) (semantics.md P2). */
export const countedProfile = (profile: ProfileRecord, by: 1 | -1, total: Decimal): ProfileRecord => ({
  ...profile,
  closedSessions: Math.max(0, profile.closedSessions + by),
  totalSales: plusText(profile.totalSales, total.times(by)),
});

/**
 * How old a stored `lastActivity` may be before a session update alone writes the profile again. Within it, updating an
 * open session is one conditional put (design.md decision 12); the answer says the exact time all the same.
 */
const ACTIVITY_GRAIN_MS = 3_600_000;

/** The change that stores a profile; none when nothing but a fresh `lastActivity` moved. */
export const profileChanges = (profile: ProfileRecord, set: WorkingSet, { records, now }: Moment): Change[] => {
  const record = records.profile(profile.integrationId);
  const stored = set.get(record);
  if (stored) {
    const { lastActivity: before, ...was } = stored;
    const { lastActivity: _, ...is } = profile;
    const fresh = profile.lastActivity === before || now.getTime() - Date.parse(before) < ACTIVITY_GRAIN_MS;
    if (fresh && JSON.stringify(was) === JSON.stringify(is)) return [];
  }
  const due = { list: records.profiles, at: new Date(profile.created) };
  return [set.put(record, profile, records.ownerOf(profile.integrationId), due)];
};
