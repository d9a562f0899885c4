import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/contract/canonical-json.ts';
import { hasReceipt, type ReceiptFacts, receiptHash, receiptOf } from '../../../lib/privacy/receipt.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { accepted, after, checkedIn, erasedFrom, lived, type Story } from './requests.ts';

const ABOUT = {
  engine: { checked: 'the profile is read' },
  'hosted:2': { checked: 'its inventory is asked for', unchecked: 'what its operator exported' },
};

const FACTS: ReceiptFacts = {
  sequence: 7,
  previous: 'a'.repeat(64),
  issued: after(2),
  software: 'promotion-functions 1.2.3',
  key: 'fingerprint',
  recipients: ['warehouse', 'hosted:2'],
};

const receipt = (request: PrivacyRequest, over: Partial<ReceiptFacts> = {}) =>
  receiptOf(request, ABOUT, { ...FACTS, ...over });

const BOTH = ['engine', 'hosted:2'];
const COMPLETED: Story = [...erasedFrom(...BOTH), checkedIn(2, BOTH)];
const VERIFIED: Story = [...COMPLETED, checkedIn(25, BOTH), checkedIn(7 * 24 + 1, BOTH)];

describe('a receipt', () => {
  test('of a completed erasure tells when it came, by when it was due, when deleting began and when it was done', () => {
    expect(receipt(lived(COMPLETED))).toMatchObject({
      sequence: 7,
      previous: 'a'.repeat(64),
      status: 'completed',
      times: {
        received: '2026-03-02T09:00:00.000Z',
        legal: '2026-04-03T00:00:00.000Z',
        safe: '2026-03-30T09:00:00.000Z',
        firstDeletion: after(1).toISOString(),
        completed: after(2).toISOString(),
      },
      recipients: ['hosted:2', 'warehouse'],
    });
  });

  test('says of each target its state, since when, what was removed, what was checked and what could not be', () => {
    expect(receipt(lived(VERIFIED)).targets).toEqual([
      {
        name: 'engine',
        state: 'verified',
        at: after(169).toISOString(),
        removed: { profile: 1 },
        checked: 'the profile is read',
      },
      {
        name: 'hosted:2',
        state: 'verified',
        at: after(169).toISOString(),
        removed: { profile: 1 },
        checked: 'its inventory is asked for',
        unchecked: 'what its operator exported',
      },
    ]);
  });

  test('of a verified one has all three checks with what they found', () => {
    const { checks, times } = receipt(lived(VERIFIED));
    expect(checks.map(({ at }) => at)).toEqual([2, 25, 169].map((hours) => after(hours).toISOString()));
    expect(checks.map(({ found }) => found?.engine)).toEqual(['absent', 'absent', 'absent']);
    expect(times.verified).toBe(after(169).toISOString());
  });

  test('counts who came back, and tells when it was completed the last time', () => {
    const back: Story = [
      ...COMPLETED,
      checkedIn(25, ['engine'], 'present'),
      [26, { kind: 'erased', target: 'engine', result: { outcome: 'confirmed', counts: { profile: 1 } } }],
      checkedIn(27, BOTH),
    ];
    expect(receipt(lived(back))).toMatchObject({
      resurrections: 1,
      times: { firstDeletion: after(1).toISOString(), completed: after(27).toISOString() },
    });
  });

  test('of a partial one is not completed, and says why a target is not done', () => {
    const partial = lived([
      ...erasedFrom('engine').slice(0, 1),
      [1, { kind: 'begun', targets: BOTH }],
      [1, { kind: 'erased', target: 'engine', result: { outcome: 'not_found' } }],
      [2, { kind: 'failed', target: 'hosted:2', reason: 'UpstreamTimeoutError' }],
    ]);
    const { status, times, targets } = receipt(partial);
    expect(status).toBe('partial');
    expect(times).not.toHaveProperty('completed');
    expect(targets.map(({ state, reason }) => [state, reason])).toEqual([
      ['not_found', undefined],
      ['failed', 'UpstreamTimeoutError'],
    ]);
  });

  test('names an extension with its reason and when the person was told', () => {
    const extension = { months: 1, reason: 'three accounts to join', told: after(3).toISOString() } as const;
    expect(receipt({ ...lived(COMPLETED), extension }).times.extension).toEqual(extension);
  });

  test('says what nobody could check, beside what each target says of itself', () => {
    expect(receipt(lived(COMPLETED)).unchecked.join()).toMatch(/recipients keep.*platform/);
  });

  test('of an access request has no targets, and leaves nothing unchecked', () => {
    const access = lived([[1, { kind: 'exported' }]], accepted({ kind: 'access' }));
    expect(receipt(access)).toMatchObject({ kind: 'access', status: 'completed', targets: [], unchecked: [] });
  });

  test('says that a target is gone which the software knows no more', () => {
    const { targets } = receipt(lived([...erasedFrom('old'), checkedIn(2, ['old'])]));
    expect(targets[0]?.checked).toContain('does not know this target');
  });

  test('holds nothing of the request but what it lists: no sealed person, no words of the log, no callbacks', () => {
    const marked = {
      ...lived(COMPLETED),
      sealed: 'SECRET',
      reason: 'SECRET',
      log: lived(COMPLETED).log.map((entry) => ({ ...entry, reason: 'SECRET' })),
      callbacks: {
        controller: 'SECRET',
        requestId: 'SECRET',
        domain: 'SECRET',
        urls: ['https://SECRET.example'],
        failures: 0,
      },
      hold: { reason: 'SECRET', review: after(9).toISOString() },
    };
    expect(canonicalJson(receipt(marked))).not.toContain('SECRET');
  });

  test('names the receipts that the request had before', () => {
    expect(receipt({ ...lived(COMPLETED), receipts: [3, 5] }).earlier).toEqual([3, 5]);
  });

  test('has a hash that any change of it changes', () => {
    const one = receipt(lived(COMPLETED));
    expect(receiptHash(one)).toMatch(/^[\da-f]{64}$/);
    expect(receiptHash({ ...one, resurrections: 1 })).not.toBe(receiptHash(one));
  });
});

test('there is a receipt for what was completed, verified or partial, and for nothing else', () => {
  for (const status of ['completed', 'verified', 'partial'] as const) expect(hasReceipt({ status })).toBe(true);
  for (const status of ['pending', 'requires_input', 'held', 'in_progress', 'cancelled'] as const) {
    expect(hasReceipt({ status })).toBe(false);
    expect(() => receipt(accepted({ status }))).toThrow();
  }
});
