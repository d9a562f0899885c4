import type { CodeSettings } from '../promotions/snapshot.ts';
import type { Moment } from './moment.ts';
import type { RecordKey, ReferralRecord } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** How codes look when nobody says (semantics.md K6, K8). */
export const DEFAULT_CODES: CodeSettings = {
  validCharacters: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
  couponPattern: '########',
};

/**
 * How many codes are drawn at first, and as long as too many of them are taken or the same: the first round is nearly
 * always enough, the last finds what is left of a small space.
 */
const rounds = (count: number): readonly number[] => [count, count + 10, 2 * count + 100, 8 * count + 100];

/** The codes of the first draws, each once. */
const drawn = (draws: number, settings: CodeSettings, { promotions, code }: Moment): ReadonlySet<string> => {
  const codes = new Set<string>();
  for (let n = 0; n < draws; n++) codes.add(promotions.foldCode(code(settings, n)));
  return codes;
};

/** The first `count` drawn codes that nobody has; fewer when all that were read are not enough. */
export const freeCodes = (
  count: number,
  settings: CodeSettings,
  set: WorkingSet,
  moment: Moment,
  except: ReadonlySet<string> = new Set(),
): string[] => {
  const free: string[] = [];
  for (const code of drawn(rounds(count).at(-1) ?? count, settings, moment)) {
    const record = moment.records.referral(code);
    if (free.length === count || !set.knows(record)) break;
    if (!set.get(record) && !except.has(code)) free.push(code);
  }
  return free;
};

/** The records to read until {@link freeCodes} finds enough: one round of draws more whenever it does not. */
export const codesToRead = (
  count: number,
  settings: CodeSettings,
  known: WorkingSet,
  moment: Moment,
  except: ReadonlySet<string> = new Set(),
): RecordKey<ReferralRecord>[] => {
  for (const draws of rounds(count)) {
    const records = [...drawn(draws, settings, moment)].map((code) => moment.records.referral(code));
    if (records.some((record) => !known.knows(record))) return records;
    if (freeCodes(count, settings, known, moment, except).length === count) return records;
  }
  return [];
};
