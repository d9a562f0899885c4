import { hash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateCustomerProfilesV2 } from '../../../lib/engine/profiles-bulk.ts';
import { createReferralsForMultipleAdvocates } from '../../../lib/engine/referral-batch.ts';
import { sweepBulk } from '../../../lib/engine/sweep.ts';
import { openDynamoDbStore } from '../../../lib/store/dynamodb.ts';
import { canRunDynamoDbLocal, type DynamoDbLocal, startDynamoDbLocal } from '../../support/dynamodb-local.ts';
import { type TestEngine, testEngine, watched } from '../../support/engine.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

/** Nothing that deflates well: 5 KB a row, 5 MB in all. */
const ROWS = ids(1000).map((integrationId) => {
  const note = Array.from({ length: 58 }, (_, part) => hash('sha512', `${integrationId}/${part}`, 'base64')).join('');
  return { integrationId, attributes: { note } };
});

describe.skipIf(!canRunDynamoDbLocal())('on DynamoDB Local, with its limits of 100 items and 4 MB a write', () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
  }, 90_000);
  afterAll(() => local.stop());

  /** An engine on a table of its own. */
  const begin = async (): Promise<TestEngine> => {
    const table = `items-${randomUUID()}`;
    await local.createTable(table);
    return testEngine(undefined, watched(openDynamoDbStore({ table, client: local.client })));
  };

  const leftovers = async ({ store }: TestEngine): Promise<number> =>
    (await store.items()).filter(({ key }) => key.partition.startsWith('1/bulk/')).length;

  test('1000 profiles of five megabytes are accepted and applied', async () => {
    const engine = await begin();
    const answer = await engine.profiles(ROWS);
    expect(answer?.integrationStates?.map(({ customerProfile }) => customerProfile?.integrationId)).toEqual(ids(1000));
    expect(await engine.stored(engine.records.profile('p999'))).toMatchObject(ROWS[999] as object);
    expect(await leftovers(engine)).toBe(0);
  });

  test('300 referrals are made, each with a code of its own, and stand in their advocates’ inventories', async () => {
    const engine = await begin();
    const { data = [] } = (await engine.referrals(ids(300))) ?? {};
    expect(new Set(data.map(({ code }) => code)).size).toBe(300);
    expect((await engine.inventory('p177', ['referrals'])).referrals).toEqual([data[177]]);
    expect(await leftovers(engine)).toBe(0);
  });

  test('300 reservations are made and taken back', async () => {
    const engine = await begin();
    await engine.reserve('SUMMER', ids(300));
    expect(await engine.reservedCustomers('SUMMER')).toEqual(ids(300).sort());
    await engine.unreserve('SUMMER', ids(299));
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['p299']);
  });

  test('what a crash left is finished by two sweeps at once, each row applied once', async () => {
    const engine = await begin();
    engine.store.beforeWrite = (count) => {
      if (count > 6) throw new Error('power cut');
    };
    await expect(engine.referrals(ids(300))).rejects.toThrow('power cut');
    engine.store.beforeWrite = () => {};
    engine.clock.now = new Date(engine.clock.now.getTime() + 600_000);
    const operations = [updateCustomerProfilesV2, createReferralsForMultipleAdvocates];
    const warned: unknown[] = [];
    const terms = { mayBegin: () => true, warn: (error: unknown) => warned.push(error) };
    await Promise.all([sweepBulk(operations, engine.deps, terms), sweepBulk(operations, engine.deps, terms)]);
    await sweepBulk(operations, engine.deps, terms);
    expect(warned).toEqual([]);
    expect(await leftovers(engine)).toBe(0);
    const made = (await engine.store.items()).filter(({ key }) => key.sort === 'referral');
    expect(made).toHaveLength(300);
  });
});
