import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../lib/privacy/advance.ts';
import { fileText, type Proof, proofOf } from '../../../lib/privacy/proof.ts';
import { type Receipt, receiptBytes } from '../../../lib/privacy/receipt.ts';
import { type ReceiptKey, receiptKey } from '../../../lib/privacy/receipt-key.ts';
import {
  changeWithReceipt,
  listReceipts,
  type ReceiptDeps,
  type SignedReceipt,
} from '../../../lib/privacy/receipts.ts';
import { findRequest, requestChange } from '../../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { verifyFile } from '../../../lib/privacy/verify-receipt.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { accepted, after, checkedIn, erasedFrom, lived } from './requests.ts';

const KEY = receiptKey('a secret that never changes');
const OTHER = receiptKey('another secret than before');

/** Receipts 1 and 6 are of request b, the others of a, c, d and e. */
let receipts: readonly SignedReceipt[];
let proof: Proof;
let chain: Proof;

beforeAll(async () => {
  const store = openSqliteStore(':memory:');
  const deps: ReceiptDeps = {
    store,
    accountId: 1,
    key: KEY,
    about: { engine: { checked: 'the profile is read' } },
    recipients: ['Lager Süd'],
    now: () => after(2),
  };
  const check = (id: string, hours: number) =>
    changeWithReceipt(
      id,
      (request) => ({ request: advance(request, checkedIn(hours, ['engine'])[1], after(hours)) }),
      deps,
    );
  for (const id of ['b', 'a', 'c', 'd', 'e']) {
    await store.write([requestChange(lived(erasedFrom('engine'), accepted({ id })), 1, 'absent')], id);
    await check(id, 2);
  }
  await check('b', 25);
  await check('b', 169);
  await check('a', 25);
  await check('a', 169);
  receipts = await Array.fromAsync(listReceipts(deps));
  const { request } = (await findRequest('b', deps)) as { request: PrivacyRequest };
  proof = await proofOf(request, KEY.publicKey, false, deps);
  chain = await proofOf(request, KEY.publicKey, true, deps);
});

const verify = (content: Proof | SignedReceipt, trusted = {}) => verifyFile(Buffer.from(fileText(content)), trusted);

const faultOf = (content: Proof | SignedReceipt, trusted = {}) => verify(content, trusted).faults.join('\n');

const at = (index: number): SignedReceipt => receipts[index] as SignedReceipt;

/** What somebody makes who has the key. */
const forged = ({ receipt }: SignedReceipt, over: Partial<Receipt>, key: ReceiptKey = KEY): SignedReceipt => {
  const made = { ...receipt, ...over };
  return { receipt: made, signature: key.sign(receiptBytes(made)) };
};

describe('a proof', () => {
  test("is right as it was issued: the request's receipts and those beside them", () => {
    const { faults, linked, request, isKeyTrusted, receipts: right } = verify(proof);
    expect({ faults, request, isKeyTrusted }).toEqual({ faults: [], request: 'b', isKeyTrusted: false });
    expect(right.map(({ sequence }) => sequence)).toEqual([1, 2, 5, 6, 7]);
    expect([...linked]).toEqual([2, 6, 7]);
  });

  test('of the whole chain has every receipt, each behind the one before it', () => {
    expect(verify(chain).faults).toEqual([]);
    expect([...verify(chain).linked]).toEqual([2, 3, 4, 5, 6, 7]);
  });

  test('is of the key that somebody knows, by the key or by its fingerprint', () => {
    const { fingerprint } = KEY.publicKey;
    for (const trusted of [{ key: KEY.publicKey }, { fingerprint }]) {
      expect(verify(proof, trusted)).toMatchObject({ faults: [], isKeyTrusted: true });
    }
    expect(faultOf(proof, { key: OTHER.publicKey })).toContain(`not ${OTHER.publicKey.fingerprint}`);
    expect(faultOf(proof, { fingerprint: 'x' })).toContain('another one than you know');
  });

  test('does not come to be right by being signed anew with another key, for who knows the key', () => {
    const anew = {
      ...proof,
      publicKey: OTHER.publicKey.pem,
      receipts: proof.receipts.map((each) => forged(each, { key: OTHER.publicKey.fingerprint }, OTHER)),
    };
    expect(faultOf(anew, { fingerprint: KEY.publicKey.fingerprint })).toContain('another one than you know');
  });
});

describe('a receipt by itself', () => {
  test('is right with the key that somebody gives', () => {
    expect(verify(at(2), { key: KEY.publicKey })).toMatchObject({ faults: [], request: 'c', isKeyTrusted: true });
    expect(verify(at(5), { key: KEY.publicKey }).faults).toEqual([]);
  });

  test('cannot be verified without one', () => {
    expect(faultOf(at(2))).toContain('no public key: give it');
    expect(faultOf(at(2), { fingerprint: KEY.publicKey.fingerprint })).toContain('no public key: give it');
  });
});

describe('any one byte', () => {
  const changes: readonly (readonly [string, (bytes: Buffer, at: number) => Buffer])[] = [
    ['whose lowest bit is changed', (bytes, at) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)))],
    [
      'that becomes a blank',
      (bytes, at) => Buffer.from(bytes.map((byte, i) => (i === at ? (byte === 32 ? 33 : 32) : byte))),
    ],
    ['that is taken out', (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])],
    ['that is put in', (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from(' '), bytes.subarray(at)])],
  ];

  test.each(changes)('of a proof of one receipt %s makes it wrong, wherever it stands', (_, change) => {
    const bytes = Buffer.from(fileText({ ...proof, receipts: [at(0)] }));
    expect(verifyFile(bytes).faults).toEqual([]);
    for (let place = 0; place < bytes.length; place++) {
      expect(verifyFile(change(bytes, place)).faults, `at ${place}`).not.toEqual([]);
    }
  });

  test('of a receipt by itself that becomes any other makes it wrong', () => {
    const bytes = Buffer.from(fileText(at(5)));
    const place = fc.nat(bytes.length - 1);
    fc.assert(
      fc.property(place, fc.nat(255), (at, other) => {
        fc.pre(bytes[at] !== other);
        const changed = Buffer.from(bytes);
        changed[at] = other;
        expect(verifyFile(changed, { key: KEY.publicKey }).faults).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('of a long proof that becomes any other makes it wrong', () => {
    const bytes = Buffer.from(fileText(proof));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, other) => {
        fc.pre(bytes[at] !== other);
        const changed = Buffer.from(bytes);
        changed[at] = other;
        expect(verifyFile(changed).faults).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('put at the end, or a mark at the beginning, makes it wrong', () => {
    for (const text of [`${fileText(proof)}\n`, `\uFEFF${fileText(proof)}`]) {
      expect(verifyFile(Buffer.from(text)).faults).not.toEqual([]);
    }
  });
});

describe('a fault says what is wrong', () => {
  const text = (content: string) => verifyFile(Buffer.from(content)).faults.join();

  test('of a file that is none of ours', () => {
    for (const content of ['', 'hello', '\u0000', '{"receipts"']) expect(text(content)).toContain('no JSON text');
    expect(verifyFile(Buffer.from([0xff, 0xfe])).faults.join()).toContain('no JSON text');
    for (const content of ['null', '[]', '1', '{}', '{"receipts":[]}', '['.repeat(5_000) + ']'.repeat(5_000)]) {
      expect(text(content)).toContain('neither a receipt nor a proof');
    }
  });

  test('of a file that another program wrote anew', () => {
    expect(text(JSON.stringify(proof, null, 2))).toContain('not byte for byte');
    expect(text(JSON.stringify(proof))).toContain('not byte for byte');
    const smuggled = fileText(proof).replace('"removed":{', '"removed":{"__proto__":1,');
    expect(smuggled).not.toBe(fileText(proof));
    expect(text(smuggled)).not.toBe('');
  });

  test('of a file of a later version', () => {
    expect(text(fileText({ ...proof, version: 2 } as unknown as Proof))).toContain('of version 2');
    const later = { ...at(0), receipt: { ...at(0).receipt, version: 3 } } as unknown as SignedReceipt;
    expect(text(fileText(later))).toContain('of version 3');
  });

  test('of fields that are missing, wrong or too many, by their places', () => {
    const odd = { ...proof, receipts: [{ ...at(0), receipt: { ...at(0).receipt, status: 'fine', name: 'Ada' } }] };
    expect(faultOf(odd as unknown as Proof)).toMatch(/receipts\.0\.receipt\.status: .*Unrecognized key.*name/);
  });

  test('of a key that is none', () => {
    expect(faultOf({ ...proof, publicKey: 'nonsense' })).toContain('none of Ed25519');
    expect(faultOf({ ...proof, publicKey: ` ${KEY.publicKey.pem}` })).toContain('none of Ed25519');
  });

  test('of receipts that another key signed', () => {
    expect(faultOf({ ...proof, publicKey: OTHER.publicKey.pem })).toContain('says that it is signed with the key');
    const foreign = forged(at(0), {}, OTHER);
    expect(faultOf({ ...chain, receipts: [foreign, ...receipts.slice(1)] })).toBe(
      'The signature of receipt 1 is wrong: the receipt or its signature was changed',
    );
  });

  test('of a field that was changed: the signature', () => {
    const { receipt, signature } = at(5);
    const later = { ...receipt, times: { ...receipt.times, received: after(1).toISOString() } };
    expect(faultOf({ receipt: later, signature }, { key: KEY.publicKey })).toContain('signature of receipt 6 is wrong');
  });

  test('of a receipt of the request that was taken out', () => {
    const without = proof.receipts.filter(({ receipt }) => receipt.sequence !== 1);
    expect(faultOf({ ...proof, receipts: without })).toBe('Receipt 1 of the request is missing: it was taken out');
    const alone = proof.receipts.filter(({ receipt }) => receipt.sequence === 6);
    expect(faultOf({ ...proof, receipts: alone })).toContain('Receipt 1 of the request is missing');
  });

  test('of a proof without a receipt of its request', () => {
    expect(faultOf({ ...proof, request: 'z' })).toBe('No receipt here is of the request z');
  });

  test('of receipts in another order, or twice', () => {
    expect(faultOf({ ...chain, receipts: [at(1), at(0), ...receipts.slice(2)] })).toContain('stands behind');
    expect(faultOf({ ...chain, receipts: [at(0), ...receipts] })).toContain('Receipt 1 stands behind receipt 1');
  });

  test('of a chain that was made anew behind a receipt, even with the right key', () => {
    const changed = forged(at(2), { resurrections: 3 });
    expect(faultOf({ ...chain, receipts: [at(0), at(1), changed, ...receipts.slice(3)] })).toBe(
      'Receipt 4 does not follow the receipt 3 that is here: the chain is broken',
    );
  });

  test('of a beginning that is none', () => {
    expect(faultOf({ ...chain, receipts: [forged(at(0), { previous: 'a'.repeat(64) })] })).toContain('being the first');
    expect(faultOf(forged(at(2), { previous: null }), { key: KEY.publicKey })).toContain('being the first');
  });
});
