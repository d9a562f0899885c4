import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../lib/privacy/advance.ts';
import { receiptHash } from '../../../lib/privacy/receipt.ts';
import { receiptKey } from '../../../lib/privacy/receipt-key.ts';
import {
  changeWithReceipt,
  findReceipts,
  listReceipts,
  type ReceiptDeps,
  type SignedReceipt,
  SOFTWARE,
} from '../../../lib/privacy/receipts.ts';
import { findRequest, requestChange } from '../../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { StaleWriteError, type Store } from '../../../lib/store/store.ts';
import { accepted, after, checkedIn, erasedFrom, lived } from './requests.ts';

let store: Store;
let deps: ReceiptDeps;

beforeEach(() => {
  store = openSqliteStore(':memory:');
  deps = {
    store,
    accountId: 1,
    key: receiptKey('a secret that never changes'),
    about: { engine: { checked: 'the profile is read' } },
    recipients: ['warehouse'],
    now: () => after(2),
  };
});

const erased = (id: string): PrivacyRequest => lived(erasedFrom('engine'), accepted({ id }));

const register = (request: PrivacyRequest) => store.write([requestChange(request, 1, 'absent')], request.id);

const check = (id: string, hours = 2, on = deps) =>
  changeWithReceipt(
    id,
    (request) => ({ request: advance(request, checkedIn(hours, ['engine'])[1], after(hours)) }),
    on,
  );

const all = (): Promise<SignedReceipt[]> => Array.fromAsync(listReceipts(deps));

/** Each follows the one before it. */
const expectOneChain = (receipts: readonly SignedReceipt[]) => {
  for (const [index, { receipt }] of receipts.entries()) {
    const before = receipts[index - 1]?.receipt;
    expect(receipt.sequence).toBe(index + 1);
    expect(receipt.previous).toBe(before ? receiptHash(before) : null);
  }
};

describe('a change that completes a request', () => {
  test('issues the first receipt of the chain, and the request names it', async () => {
    await register(erased('a'));
    const request = await check('a');
    expect(request).toMatchObject({ status: 'completed', receipts: [1] });
    expect((await findRequest('a', deps))?.request).toEqual(request);
    expect(await all()).toMatchObject([
      { receipt: { sequence: 1, previous: null, request: 'a', status: 'completed', earlier: [], software: SOFTWARE } },
    ]);
  });

  test('of a request that had one issues another, which names the first', async () => {
    await register(erased('a'));
    await check('a');
    await check('a', 25);
    expect(await all()).toHaveLength(1);
    await check('a', 169);
    expect((await all()).map(({ receipt }) => [receipt.status, receipt.earlier])).toEqual([
      ['completed', []],
      ['verified', [1]],
    ]);
    expectOneChain(await all());
  });

  test('is not made when its receipt cannot be stored', async () => {
    await register(erased('a'));
    const broken: Store = {
      ...store,
      write: (changes) => Promise.reject(new Error(`no room for ${changes.length} changes`)),
    };
    await expect(check('a', 2, { ...deps, store: broken })).rejects.toThrow('no room for 3 changes');
    expect((await findRequest('a', deps))?.request.status).toBe('in_progress');
    expect(await all()).toEqual([]);
  });

  test('keeps what else was decided to be written with it', async () => {
    await register(erased('a'));
    const key = { partition: 'beside', sort: 'it' };
    await changeWithReceipt(
      'a',
      (request) => ({
        request: advance(request, checkedIn(2, ['engine'])[1], after(2)),
        beside: [{ put: { key, data: 1 }, expect: 'absent' }],
      }),
      deps,
    );
    expect((await store.get([key]))[0]?.data).toBe(1);
  });
});

test('a change that comes to no state with a receipt issues none', async () => {
  await register(accepted({ id: 'a' }));
  const hold = { kind: 'hold', reason: 'dispute', review: after(99) } as const;
  await changeWithReceipt('a', (request) => ({ request: advance(request, hold, after(1)) }), deps);
  expect((await findRequest('a', deps))?.request.status).toBe('held');
  await changeWithReceipt('a', () => undefined, deps);
  expect(await all()).toEqual([]);
});

test('there is no receipt of a request that is not there', async () => {
  expect(await check('nobody')).toBeUndefined();
  expect(await all()).toEqual([]);
});

test('receipts that are issued at the same time are one chain without gaps', async () => {
  const ids = Array.from({ length: 25 }, (_, index) => `request-${index}`);
  for (const id of ids) await register(erased(id));
  await Promise.all(ids.map((id) => check(id)));
  const receipts = await all();
  expectOneChain(receipts);
  expect(receipts.map(({ receipt }) => receipt.request).sort()).toEqual(ids.sort());
  for (const { receipt } of receipts) {
    expect((await findRequest(receipt.request, deps))?.request.receipts).toEqual([receipt.sequence]);
  }
});

test('who is never first gives up after many tries, and changes nothing', async () => {
  await register(erased('a'));
  const head = { partition: '1/privacy/receipts', sort: 'head' };
  let tries = 0;
  const busy: Store = {
    ...store,
    write: () => {
      tries++;
      return Promise.reject(new StaleWriteError([head]));
    },
  };
  await expect(check('a', 2, { ...deps, store: busy })).rejects.toThrow(StaleWriteError);
  expect(tries).toBeGreaterThan(20);
  expect(await all()).toEqual([]);
});

test('receipts are found by their numbers, in the order asked', async () => {
  for (const id of ['a', 'b', 'c']) {
    await register(erased(id));
    await check(id);
  }
  expect((await findReceipts([3, 1, 9], deps)).map(({ receipt }) => receipt.request)).toEqual(['c', 'a']);
  expect(await findReceipts([], deps)).toEqual([]);
});

test('receipts are issued by what package.json says', () => {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
  expect(SOFTWARE).toBe(`${name} ${version}`);
});
