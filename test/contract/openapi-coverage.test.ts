import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openApiDocument } from '../../lib/contract/openapi.ts';
import { operations } from '../../lib/contract/operations/table.ts';
import { differences } from './covers.ts';
import { DELIBERATE_DIFFERENCES } from './deliberate-differences.ts';
import { idsOf, type Part } from './documents.ts';

// The contract is not part of the collection: it stands beside it, or where CONTRACT_FILE says.
const FILE = process.env.CONTRACT_FILE ?? '../shared/contract/integration-api.openapi.yaml';

/** How many operations the contract has. */
const ALL = 16;

/** Answered fields that semantics.md has from other sources than the contract. */
const FIELDS_OF_OTHER_SOURCES: readonly string[] = [
  'CustomerProfile.id',
  'CustomerSession.updated',
  'CustomerSessionV2.updated',
  'DeductLoyaltyPointsEffectProps.name',
];

const contractIsThere = (): boolean => {
  if (existsSync(FILE)) return true;
  const message = `There is no contract at ${FILE}; name it in CONTRACT_FILE`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** SKIPPED: the comparison of the API document with the contract. ${message}\n\n`);
  return false;
};

const document = openApiDocument(Object.values(operations), { title: 'Integration API', version: '0' });
const ids = Object.keys(operations);

/** Every place below a schema where a field is declared. */
const fieldsOf = (part: unknown): { of: Part; field: string }[] => {
  if (typeof part !== 'object' || part === null) return [];
  const { properties } = part as Part;
  const own = Object.keys(properties ?? {}).map((field) => ({ of: part, field }));
  return [...own, ...Object.values(part).flatMap(fieldsOf)];
};

describe.skipIf(!contractIsThere())('the API document and the contract', () => {
  const contract: Part = existsSync(FILE) ? parse(readFileSync(FILE, 'utf8')) : { paths: {} };

  test(`all ${ALL} operations are served, and no others`, () => {
    expect(idsOf(contract)).toHaveLength(ALL);
    expect(ids.toSorted()).toEqual(idsOf(contract).toSorted());
  });

  test('every parameter, field, enum, limit and required flag of the contract is in the document, or differs on purpose', () => {
    expect(differences(contract, document, ids)).toEqual(DELIBERATE_DIFFERENCES);
  });

  test('whichever field of the contract is taken out, the comparison finds it', () => {
    const copy: Part = structuredClone(document);
    const unnoticed: string[] = [];
    for (const [name, schema] of Object.entries(copy.components.schemas)) {
      for (const { of, field } of fieldsOf(schema)) {
        const all = of.properties;
        const { [field]: _, ...others } = all;
        of.properties = others;
        const found = differences(contract, copy, ids);
        if (String(found) === String(DELIBERATE_DIFFERENCES)) unnoticed.push(`${name}.${field}`);
        of.properties = all;
      }
    }
    expect(unnoticed.sort()).toEqual(FIELDS_OF_OTHER_SOURCES);
  });

  test('a flag, a type, a limit, a value, a parameter and an operation that change are found', () => {
    const changes: ((copy: Part) => void)[] = [
      ({ components }) => components.schemas.Referral.required.pop(),
      ({ components }) => Object.assign(components.schemas.Referral.properties.code, { type: 'number' }),
      ({ components }) => Object.assign(components.schemas.Event.properties.created, { format: 'date' }),
      ({ components }) => Object.assign(components.schemas.Coupon.properties.usageLimit, { maximum: 5 }),
      ({ components }) => components.schemas.SessionState.enum.pop(),
      ({ components }) => components.schemas.Effect.properties.effectType['x-known-values'].pop(),
      ({ components }) => components.schemas.TrackEventRequest.required.push('profileId'),
      ({ paths }) => paths['/v1/events'].post.parameters.pop(),
      ({ paths }) => Object.assign(paths['/v1/events'].post.requestBody, { required: false }),
      ({ paths }) => delete paths['/v1/events'].post.responses[409],
      ({ paths }) => Object.assign(paths, { '/v1/event': paths['/v1/events'], '/v1/events': {} }),
    ];
    for (const change of changes) {
      const copy: Part = structuredClone(document);
      change(copy);
      expect(differences(contract, copy, ids), change.toString()).not.toEqual(DELIBERATE_DIFFERENCES);
    }
  });
});
