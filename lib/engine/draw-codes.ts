import type { CodeSettings } from '../promotions/snapshot.ts';
import type { Moment } from './moment.ts';
import type { RecordKey, ReferralRecord } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** How codes look when nobody says (semantics.md K6, K8). */
export const DEFAULT_CODES: CodeSettings = {
  validCharacters: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
  couponPattern: '########',
};

/** How many codes to look at, in turn: the first step is nearly always enough, the last looks at whatever there is. */
const steps = (count: number): readonly number[] => [count, count + 10, 2 * count + 100, Infinity];

/** A space of up to so many codes is looked through to its last one. */
const SMALL_SPACE = 10_000;

const isSmall = ({ couponPattern, validCharacters }: CodeSettings): boolean =>
  validCharacters.length ** (couponPattern.split('#').length - 1) <= SMALL_SPACE;

/** All codes there are, in order. */
const wholeSpace = ({ couponPattern, validCharacters }: CodeSettings): readonly string[] => {
  const [first = '', ...rest] = couponPattern.split('#');
  return rest.reduce(
    (codes, part) => codes.flatMap((code) => validCharacters.map((character) => code + character + part)),
    [first],
  );
};

/** The codes to look at, each once: random ones, and behind them what these left of a small space. */
function* candidates(count: number, settings: CodeSettings, { promotions, code }: Moment): Generator<string> {
  const seen = new Set<string>();
  const isNew = (candidate: string): boolean => seen.size < seen.add(candidate).size;
  const draws = isSmall(settings) ? 2 * count + 100 : 8 * count + 1000;
  for (let n = 0; n < draws; n++) {
    const drawn = promotions.foldCode(code(settings, n));
    if (isNew(drawn)) yield drawn;
  }
  for (const left of isSmall(settings) ? wholeSpace(settings) : []) {
    const folded = promotions.foldCode(left);
    if (isNew(folded)) yield folded;
  }
}

/** The first `count` candidates that nobody has; fewer when all that were read are not enough. */
export const freeCodes = (
  count: number,
  settings: CodeSettings,
  set: WorkingSet,
  moment: Moment,
  except: ReadonlySet<string> = new Set(),
): string[] => {
  const free: string[] = [];
  if (count === 0) return free;
  for (const code of candidates(count, settings, moment)) {
    const record = moment.records.referral(code);
    if (!set.knows(record)) break;
    if (!set.get(record) && !except.has(code)) free.push(code);
    if (free.length === count) break;
  }
  return free;
};

/** The records to read until {@link freeCodes} finds enough, or there is none left to read: one step more at a time. */
export const codesToRead = (
  count: number,
  settings: CodeSettings,
  known: WorkingSet,
  moment: Moment,
  except: ReadonlySet<string> = new Set(),
): RecordKey<ReferralRecord>[] => {
  if (freeCodes(count, settings, known, moment, except).length === count) return [];
  for (const most of steps(count)) {
    const records = candidates(count, settings, moment)
      .take(most)
      .map((code) => moment.records.referral(code))
      .toArray();
    if (records.some((record) => !known.knows(record))) return records;
  }
  return [];
};
