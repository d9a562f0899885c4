import assert from 'node:assert/strict';
import { openDynamoDbStore } from '../../lib/store/dynamodb.ts';
import type { Store } from '../../lib/store/store.ts';
import { type DynamoDbLocal, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { snapshot, testEngine } from '../support/engine.ts';
import type { Part } from './bench.ts';

const TABLE = 'bench';

/** What one call cost. Write units as AWS counts them: DynamoDB Local does not double those of transactions. */
interface Cost {
  reads: number;
  writes: number;
  readUnits: number;
  writeUnits: number;
}

let local: DynamoDbLocal | undefined;

const database = async (): Promise<DynamoDbLocal> => {
  if (!local) {
    local = await startDynamoDbLocal();
    await local.createTable(TABLE);
  }
  return local;
};

let cost: Cost;

const counting = (store: Store): Store => ({
  get: (keys) => {
    cost.reads += 1;
    return store.get(keys);
  },
  query: ((index: 'items', query: never) => {
    cost.reads += 1;
    return store.query(index, query);
  }) as Store['query'],
  write: (changes, attempt) => {
    cost.writes += 1;
    return store.write(changes, attempt);
  },
  purge: () => store.purge(),
  close: () => store.close(),
});

/** Lines whose session is about 4 KB of JSON. */
const LINES = Array.from({ length: 36 }, (_, index) => ({
  name: `Product number ${index} of the collection`,
  sku: `SKU-${(index * 7919) % 100_000}`,
  quantity: 1 + (index % 3),
  price: 10 + ((index * 37) % 100) / 4,
}));

const open = async () => {
  const store = openDynamoDbStore({
    table: TABLE,
    client: (await database()).client,
    onCapacity: (operation, { read, write }) => {
      cost.readUnits += read;
      cost.writeUnits += operation.startsWith('Transact') ? write * 2 : write;
    },
  });
  return testEngine(snapshot(), counting(store));
};

/** Does a call and says what it cost. */
const costOf = async (call: () => Promise<unknown>): Promise<Cost> => {
  cost = { reads: 0, writes: 0, readUnits: 0, writeUnits: 0 };
  await call();
  return cost;
};

let run = 0;

const session = async () => {
  const engine = await open();
  run += 1;
  const id = `session-${run}`;
  const body = { profileId: `profile-${run}`, cartItems: LINES, couponCodes: [] };
  // Ids come in blocks of 100: the first call of a container takes one, and is not what is measured.
  await costOf(() => engine.session('warm-up', { profileId: '', cartItems: [], couponCodes: [] }));
  return { engine, id, body };
};

const isWithin = ({ reads, writes, readUnits, writeUnits }: Cost) =>
  reads === 1 && writes === 1 && readUnits <= 2 && writeUnits <= 3;

const words = ({ reads, writes, readUnits, writeUnits }: Cost) => `${reads} + ${writes} · ${readUnits} / ${writeUnits}`;

/** What a session costs in the store: round trips, and the units that DynamoDB bills. */
export const sessionStorage: Part = {
  title: 'Store: a 4 KB session on DynamoDB (reads + writes · read / write units)',
  gate: async () => {
    const { engine, id, body } = await session();
    const size = JSON.stringify((await engine.session(id, body)).customerSession).length;
    assert.ok(size > 3_800 && size < 4_800, `the session has ${size} bytes`);
    const updated = await engine.session(id, { ...body, couponCodes: ['SUMMER'] });
    assert.deepEqual(
      updated.effects.map(({ effectType }) => effectType),
      ['acceptCoupon', 'setDiscount'],
    );
    const closed = await engine.session(id, { state: 'closed' });
    assert.equal(closed.coupons?.[0]?.usageCounter, 1);
    await engine.session(id, { state: 'cancelled' });
  },
  measure: async () => {
    const { engine, id, body } = await session();
    const create = await costOf(() => engine.session(id, body));
    const update = await costOf(() => engine.session(id, body));
    const omitted = await costOf(() => engine.session(id, { cartItems: LINES }));
    const withCode = await costOf(() => engine.session(id, { ...body, couponCodes: ['SUMMER'] }));
    const close = await costOf(() => engine.session(id, { ...body, couponCodes: ['SUMMER'], state: 'closed' }));
    const cancel = await costOf(() => engine.session(id, { state: 'cancelled' }));
    return [
      { what: 'first call: session and profile are made', value: words(create) },
      { what: 'update', value: words(update), budget: '1 + 1 · ≤ 2 / ≤ 3', kept: isWithin(update) },
      { what: 'update that leaves profile and codes out', value: words(omitted), budget: '2 + 1' },
      { what: 'update with a code', value: words(withCode), budget: '1 + 1' },
      { what: 'close with a code', value: words(close), budget: '1 + 1 · ≤ 2 × KB a touched item' },
      { what: 'cancel of a closed one', value: words(cancel) },
    ];
  },
  close: async () => local?.stop(),
};
