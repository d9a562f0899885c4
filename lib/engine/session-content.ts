import { isDeepStrictEqual } from 'node:util';
import type { Issue } from '../contract/errors.ts';
import type { NewCartItem, SessionState } from '../contract/schemas/session.ts';
import { pointer } from '../contract/validate.ts';
import type { Attributes } from '../contract/wire.ts';
import { attributeIssues, mergeAttributes } from './attributes.ts';
import type { Moment } from './moment.ts';
import type { ItemRecord, SessionContent, SessionRecord } from './records.ts';

/** What a session call asks for, in either age of the API. `undefined` keeps what is stored (semantics.md §1.6). */
export interface SessionUpdate {
  readonly sessionId: string;
  readonly profileId: string | undefined;
  readonly couponCodes: readonly string[] | undefined;
  readonly referralCode: string | undefined;
  readonly state: SessionState;
  readonly cartItems: readonly NewCartItem[] | undefined;
  readonly additionalCosts: Readonly<Record<string, { readonly price: number }>> | undefined;
  readonly identifiers: readonly string[] | undefined;
  readonly attributes: Attributes | undefined;
  /** The caller's own total, or that it is to be computed from now on (semantics.md S3). */
  readonly total: number | 'computed' | undefined;
  readonly dry: boolean;
  /** Where the session stands in the body, for pointers. */
  readonly path: readonly string[];
}

/** The content after an update: what is sent replaces, attributes merge, what is left out stays (semantics.md §1.6, S9). */
export const mergeContent = (
  update: SessionUpdate,
  stored: SessionContent | undefined,
  moment: Moment,
): SessionContent => {
  const { foldCode } = moment.promotions;
  const total = update.total ?? stored?.total;
  return {
    integrationId: update.sessionId,
    profileId: update.profileId || stored?.profileId || '',
    // Stored codes are folded again: the Application may compare codes otherwise than it did then.
    couponCodes: [...new Set((update.couponCodes ?? stored?.couponCodes ?? []).map(foldCode))].filter(
      (code) => code !== '',
    ),
    referralCode: foldCode(update.referralCode ?? stored?.referralCode ?? ''),
    cartItems: update.cartItems?.map(itemRecord) ?? stored?.cartItems ?? [],
    additionalCosts: update.additionalCosts ?? stored?.additionalCosts ?? {},
    identifiers: update.identifiers ?? stored?.identifiers ?? [],
    attributes: mergeAttributes(stored?.attributes ?? {}, update.attributes),
    ...(typeof total === 'number' && { total }),
  };
};

/** A line as stored: fields that were not sent are not there; attributes are not merged with an earlier cart's (AT6). */
const itemRecord = ({ attributes, ...item }: NewCartItem): ItemRecord => {
  const kept = Object.fromEntries(
    Object.entries(item).filter(([, value]) => value !== undefined),
  ) as unknown as ItemRecord;
  return attributes && Object.keys(attributes).length > 0
    ? { ...kept, attributes: mergeAttributes({}, attributes) }
    : kept;
};

/** What is wrong with an update for this Application: attributes and costs that are not declared (AT2, C5), a moved owner (S9). */
export const contentIssues = (update: SessionUpdate, stored: SessionContent | undefined, moment: Moment): Issue[] => {
  const { promotions } = moment;
  const at = (...path: PropertyKey[]) => [...update.path, ...path];
  const issues = attributeIssues(promotions, 'CustomerSession', update.attributes, at('attributes'));
  update.cartItems?.forEach((item, index) => {
    issues.push(...attributeIssues(promotions, 'CartItem', item.attributes, at('cartItems', index, 'attributes')));
  });
  for (const name of Object.keys(update.additionalCosts ?? {})) {
    if (promotions.additionalCosts.size > 0 && !promotions.additionalCosts.has(name)) {
      const source = { pointer: pointer(at('additionalCosts', name)) };
      issues.push({ title: 'Unknown', details: 'no additional cost of this name is declared', source });
    }
  }
  if (stored && update.profileId && update.profileId !== stored.profileId) {
    const source = { pointer: pointer(at('profileId')) };
    issues.push({ title: 'Mismatch', details: 'the session is no longer open and belongs to another profile', source });
  }
  return issues;
};

/** What a store gives back: -0 is 0. */
const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * Whether an update repeats the end of a session and brings nothing new: a retry, not a mistake (semantics.md S12). A
 * cancellation never brings anything: what it says of the content of a closed session is not taken.
 */
export const isRepeat = (update: SessionUpdate, stored: SessionRecord, moment: Moment): boolean => {
  if (update.state === 'open' || update.state !== stored.state) return false;
  if (update.state === 'cancelled') return true;
  const merged = mergeContent(update, stored, moment);
  return Object.entries(merged).every(([name, value]) =>
    isDeepStrictEqual(asStored(value), stored[name as keyof SessionContent]),
  );
};
