import { isIP } from 'node:net';
import * as z from 'zod';
import { reader } from '../commerce/fields.ts';
import { readJson } from '../commerce/json.ts';
import { guestProfiles, profileIdOf } from '../commerce/naming.ts';
import type { Shops } from '../commerce/shops.ts';
import { InvalidRequestError, type Issue } from '../contract/errors.ts';
import { pointer } from '../contract/validate.ts';
import { IDENTITY_FORMATS, IDENTITY_TYPES, REQUEST_TYPES } from '../privacy/open-dsr.ts';
import type { Environment } from '../privacy/person.ts';
import type { Segment } from '../store/segment.ts';
import { isLoopback, isPublic } from './public-address.ts';

/** Identities that OpenDSR knows and nothing here goes by. */
const UNSUPPORTED_TYPES = [
  'android_advertising_id',
  'android_id',
  'fire_advertising_id',
  'ios_advertising_id',
  'ios_vendor_id',
  'microsoft_advertising_id',
  'microsoft_publisher_id',
  'roku_advertising_id',
  'roku_publisher_id',
];
const UNSUPPORTED_FORMATS = ['sha1', 'md5', 'sha256'];

/** One of these words; of the others that are known it is said which one was sent, of anything else it is not. */
const supported = <const Words extends readonly string[]>(words: Words, others: readonly string[]) =>
  z.enum(words, {
    error: ({ input }) =>
      `${others.includes(String(input)) ? `${input} is not supported` : 'it is not known'}: expected ${words.join(' or ')}`,
  });

const Identity = z.object({
  identity_type: supported(IDENTITY_TYPES, UNSUPPORTED_TYPES),
  identity_format: supported(IDENTITY_FORMATS, UNSUPPORTED_FORMATS),
  identity_value: z
    .string()
    .max(1000)
    .refine((value) => value.trim() !== '' && value.isWellFormed(), 'expected a text that is not blank'),
  /** A shop of shops.yaml, whose customer id the value is. */
  shop: z.string().optional(),
});
type Identity = z.output<typeof Identity>;

/** The GDPR applies from here. A time that nobody set, such as 1970, would leave no days for second thoughts. */
const FIRST = Date.parse('2018-05-25T00:00:00Z');

const isCallbackAddress =
  (allowLoopback: boolean) =>
  (text: string): boolean => {
    const url = URL.parse(text);
    if (url?.username !== '' || url.password !== '') return false;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (allowLoopback && (host === 'localhost' || isLoopback(host))) return /^https?:$/.test(url.protocol);
    return url.protocol === 'https:' && (isIP(host) === 0 || isPublic(host));
  };

const readerOf = (allowLoopback: boolean) =>
  reader(
    z.object({
      subject_request_id: z.uuid({ version: 'v4' }).transform((id) => id.toLowerCase()),
      subject_request_type: z.enum(REQUEST_TYPES),
      regulation: z.enum(['gdpr', 'ccpa']).default('gdpr'),
      submitted_time: z.iso
        .datetime({ offset: true, error: 'expected an RFC 3339 date and time', abort: true })
        .refine((time) => Date.parse(time) >= FIRST, 'expected when the person asked: it is long ago'),
      subject_identities: z.array(Identity).min(1).max(50),
      status_callback_urls: z
        .array(
          z
            .string()
            .max(2000)
            .refine(isCallbackAddress(allowLoopback), 'expected a public https address without a user'),
        )
        .max(5)
        .default([]),
    }),
  );

/** A request as a controller sent it. */
export type OpenDsrRequest = ReturnType<ReturnType<typeof readerOf>>;

/**
 * Reads the body of a request. What it does not name is left alone: later versions and extensions say more.
 *
 * @param allowLoopback whether callbacks may go to this machine: in the local stage.
 * @throws InvalidRequestError naming every fault with its place; identities and addresses are not repeated.
 */
export const readOpenDsrRequest = (body: Uint8Array, allowLoopback: boolean): OpenDsrRequest =>
  readerOf(allowLoopback)(readJson(body));

/** What finding the profiles of identities needs. */
export interface IdentityDeps {
  readonly shops: Shops;
  readonly segment: Segment;
  /** Whose profiles an Application shares. */
  environmentOf(application: number): Promise<Environment>;
}

/**
 * The profiles that identities name: the customer's own first. The guest of an e-mail address may be theirs; where
 * nothing else is named, it is.
 *
 * @param environment the controller's.
 * @throws InvalidRequestError for a shop that there is not, or that is of another environment.
 */
export const profilesOfIdentities = async (
  identities: readonly Identity[],
  environment: Environment,
  { shops, segment, environmentOf }: IdentityDeps,
): Promise<{ readonly profiles: readonly string[]; readonly aliases: readonly string[] }> => {
  const issues: Issue[] = [];
  const own: string[] = [];
  for (const [index, { identity_type, identity_value, shop: name }] of identities.entries()) {
    if (identity_type === 'email') continue;
    const shop = name === undefined ? undefined : shops.get(name);
    const isOurs = name === undefined || (shop && (await environmentOf(shop.application)) === environment);
    if (!isOurs) {
      const source = { pointer: pointer(['subject_identities', index, 'shop']) };
      issues.push({ title: 'Unknown', details: `there is no such shop in the ${environment} environment`, source });
    } else own.push(shop ? profileIdOf({ customer: identity_value }, shop) : identity_value);
  }
  if (issues.length > 0) throw new InvalidRequestError(issues);
  const emails = identities.filter(({ identity_type }) => identity_type === 'email');
  const guests = guestProfiles(
    emails.map(({ identity_value }) => identity_value),
    { pseudonym: (email) => segment('guest', email) },
  );
  return { profiles: own.length > 0 ? [...new Set(own)] : guests.slice(0, 1), aliases: guests };
};
