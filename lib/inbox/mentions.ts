import { guestProfiles, isGuest, profileIdOf } from '../commerce/naming.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import type { Segment } from '../store/segment.ts';

/** How texts of any maker name somebody. */
export interface Mentions {
  /** Whether a text may name them: by a profile, or by what a shop calls them. Quick, and wrong on the safe side only. */
  mayName(text: string): boolean;
  /**
   * Whether a text that no code can read is about them. A text that says whose it is in a field for that counts, and so
   * does an id that is too long to stand there by chance.
   */
  names(text: string): boolean;
}

/** Whether and how texts name the profiles of a person. */
export const mentionsOf = (
  profiles: readonly string[],
  { shops, segment }: { readonly shops: Shops; readonly segment: Segment },
): Mentions => {
  const ids = [...new Set(profiles.flatMap((profile) => idsOf(profile, shops)))];
  const tells = ids.map((id) => tellerOf(id, profiles.includes(id)));
  const hasGuest = profiles.some(isGuest);
  const pseudonym = (address: string): string => segment('guest', address);
  const ofGuest = (text: string): boolean =>
    guestProfiles(addressesIn(text), { pseudonym }).some((guest) => profiles.includes(guest));
  return {
    mayName: (text) =>
      (hasGuest && text.includes('@')) || readingsOf(text).some((reading) => ids.some((id) => reading.includes(id))),
    names: (text) =>
      readingsOf(text).some((reading) => tells.some((tell) => tell(reading)) || (hasGuest && ofGuest(reading))),
  };
};

/** E-mail addresses as platforms write them: a guest is known by theirs alone. */
const addressesIn = (text: string): string[] =>
  text.includes('@') ? text.split(/[\s"'<>,;:()[\]{}]+/).filter((part) => part.includes('@')) : [];

/**
 * What a profile may be called: itself, what stands behind a colon in it, as shops name customers by default, and the
 * customer of whom a shop makes such a profile.
 */
const idsOf = (profile: string, shops: Shops): string[] => {
  const parts = profile.split(':');
  const ends = parts.map((_, index) => parts.slice(index).join(':')).filter((end) => end !== '');
  return [...ends, ...[...shops.values()].flatMap((shop) => ends.flatMap((end) => customerIn(end, shop)))];
};

/** The customer whom a shop gives this profile; none where it gives it to nobody. */
const customerIn = (profile: string, shop: Shop): string[] => {
  const [before = '', ...after] = profileIdOf({ customer: '\0' }, shop).split('\0');
  const length = (profile.length - before.length - after.join('').length) / after.length;
  const customer = profile.slice(before.length, before.length + length);
  return length > 0 && profileIdOf({ customer }, shop) === profile ? [customer] : [];
};

/** Shorter ids stand in many texts by chance. */
const TELLING = 6;

/** What fields are called, on all platforms, that say whose something is. */
const FIELD = '"[^"]*(?:customer|buyer|profile|guest|user)[^"]*"\\s*:\\s*(?:\\{[^{}]*?"id"\\s*:\\s*)?';

const tellerOf = (id: string, isProfile: boolean): ((text: string) => boolean) => {
  const exact = RegExp.escape(id);
  const [first = '', last = ''] = [id.at(0), id.at(-1)];
  const whole = `${WORD.test(first) ? '(?<![\\p{L}\\p{N}])' : ''}${exact}${WORD.test(last) ? '(?![\\p{L}\\p{N}])' : ''}`;
  const inField = `${FIELD}"?${exact}"?\\s*[,}\\]]`;
  const pattern = new RegExp(id.length >= TELLING ? whole : isProfile ? `"${exact}"|${inField}` : inField, 'iu');
  return (text) => text.includes(id) && pattern.test(text);
};

const WORD = /[\p{L}\p{N}]/u;

/** JSON that stands in a text of JSON is escaped once more; nobody goes deeper. */
const MOST_DEPTH = 3;

/** A text as it stands, and as it reads without escapes. */
const readingsOf = (text: string): string[] => {
  const readings = [text];
  for (let last = text; readings.length <= MOST_DEPTH && last.includes('\\'); readings.push(last))
    last = unescaped(last);
  return readings;
};

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([\da-fA-F]{4})|(.))/gs, (_, unit: string | undefined, escaped: string) =>
    unit === undefined ? (CONTROLS[escaped] ?? escaped) : String.fromCharCode(Number.parseInt(unit, 16)),
  );
