import { createHmac } from 'node:crypto';
import type { Promotions } from '../promotions/promotions.ts';
import type { CodeSettings } from '../promotions/snapshot.ts';
import type { RecordKey, Records } from './records.ts';

/** Everything of its time and place that a decision depends on; with it, deciding is pure. */
export interface Moment {
  /** Read once for the call, used for every check (Z6). */
  readonly now: Date;
  readonly accountId: number;
  readonly promotions: Promotions;
  readonly records: Records;
  /** Where it is noted that a profile is suppressed; nothing there: it is not. */
  suppressed(profileId: string): RecordKey<object>;
  /** A new id, above `after`. Ids rise within a session and stay within int32 (decision 11, Z4). */
  newId(after?: number): number;
  /** The code number `n` that these settings generate in this attempt; unpredictable, without bias (K6, K7). */
  code(settings: CodeSettings, n: number): string;
}

/**
 * Draws codes from a secret seed: the same seed and number give the same code.
 *
 * @param newSeed asked once, with the first code: most calls draw none.
 */
export const codeDrawer = (newSeed: () => Buffer) => {
  let seed: Buffer | undefined;
  return (settings: CodeSettings, n: number): string => {
    seed ??= newSeed();
    const secret = seed;
    const alphabet = settings.validCharacters;
    // The largest multiple of the alphabet's size that two bytes hold: values above it would favour its first characters.
    const fair = 65_536 - (65_536 % alphabet.length);
    let block = Buffer.alloc(0);
    let used = 0;
    let blocks = 0;
    const draw = (): string => {
      for (;;) {
        if (used + 2 > block.length) {
          block = createHmac('sha256', secret).update(`code/${n}/${blocks++}`).digest();
          used = 0;
        }
        const value = block.readUInt16BE(used);
        used += 2;
        if (value < fair) return alphabet[value % alphabet.length] as string;
      }
    };
    return settings.couponPattern.replaceAll('#', draw);
  };
};
