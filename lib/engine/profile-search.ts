import { isDeepStrictEqual } from 'node:util';
import type { getCustomerProfilesByAttributes as row } from '../contract/operations/profiles.ts';
import { type Attributes, isTime } from '../contract/wire.ts';
import type { AttributeDefinition } from '../promotions/snapshot.ts';
import { attributeIssues, refuse } from './attributes.ts';
import type { DecidedOperation } from './operation.ts';
import type { ProfileRecord, StoredAttributes } from './records.ts';
import { customerProfile } from './shapes/profile.ts';

/** How many profiles one answer lists; `totalResultSize` counts them all. */
const LISTED = 1000;

/** Times are equal when they are the same instant, however they are written (semantics.md §2.7). */
const comparable = (value: unknown, definition: AttributeDefinition | undefined): unknown => {
  if (Array.isArray(value)) return value.map((part) => comparable(part, definition));
  return definition?.type.includes('time') && isTime(value) ? new Date(value).getTime() : value;
};

const matches = (
  stored: StoredAttributes,
  asked: Attributes,
  declared: ReadonlyMap<string, AttributeDefinition>,
): boolean =>
  Object.entries(asked).every(([name, value]) => {
    const own = Object.hasOwn(stored, name) ? stored[name] : null;
    return isDeepStrictEqual(comparable(own, declared.get(name)), comparable(value, declared.get(name)));
  });

/**
 * Finds the profiles of the environment that have all the given attributes, each exactly as given: types count, lists
 * have the same order, `null` asks for profiles without the attribute (semantics.md §2.7). The first 1000 by id.
 *
 * Looks at every profile of the environment, for nothing else demands an index of attributes: its time grows with their
 * number. On DynamoDB a profile that was made a moment ago may be missing.
 *
 * @throws InvalidRequestError for attributes that are not declared.
 */
export const getCustomerProfilesByAttributes: DecidedOperation<typeof row> = {
  subject: 'profile',
  listing: ({ body }, { promotions, records, now }) => {
    refuse(attributeIssues(promotions, 'CustomerProfile', body.attributes, ['attributes']));
    const declared = promotions.attributes('CustomerProfile');
    // As they would be stored: -0 is 0.
    const asked = JSON.parse(JSON.stringify(body.attributes)) as Attributes;
    return {
      of: { list: records.profiles, until: now },
      keep: ({ data }) => matches((data as unknown as ProfileRecord).attributes, asked, declared),
    };
  },
  needs: () => [],
  decide: (_input, set, moment) => {
    const found = set.listed
      .map(({ data }) => data as unknown as ProfileRecord)
      .toSorted((left, right) => left.id - right.id);
    const data = found.slice(0, LISTED).map((profile) => customerProfile(profile, moment));
    return { response: { totalResultSize: found.length, data }, changes: [], published: [] };
  },
};
