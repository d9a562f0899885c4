import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Version } from '../../../lib/commerce/event.ts';
import { compareVersions } from '../../../lib/commerce/picture.ts';
import { commerceMessage } from '../../../lib/inbox/message.ts';
import { readMessage } from '../../../lib/inbox/read-message.ts';
import { order } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';
import { Model } from './session-api.ts';

const version = fc.record(
  {
    revision: fc.integer({ min: 0, max: 3 }),
    updatedAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z', '2026-01-02T00:00:00Z'),
    digest: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: ['updatedAt', 'digest'] },
) as fc.Arbitrary<Version>;

describe("a platform's own count of changes", () => {
  test('decides before the time does', () => {
    const at = (revision: number, updatedAt: string) => ({ revision, updatedAt, digest: '' });
    const one = at(2, '2026-01-01T00:00:00Z');
    expect(compareVersions(one, at(1, '2026-01-02T00:00:00Z'))).toBeGreaterThan(0);
    expect(compareVersions(one, at(2, '2026-01-02T00:00:00Z'))).toBeLessThan(0);
  });

  test('leaves any versions with one order, counted or not', () => {
    fc.assert(
      fc.property(version, version, version, (one, other, third) => {
        expect(Math.sign(compareVersions(one, other))).toBe(-Math.sign(compareVersions(other, one)) + 0);
        if (compareVersions(one, other) <= 0 && compareVersions(other, third) <= 0) {
          expect(compareVersions(one, third)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test('makes an older revision stale, however late it was written', () => {
    const counted = (revision: number, at: number, quantity: number) => {
      const lines = [{ id: '1', sku: 'SHIRT', name: 'Shirt', quantity, price: '1', giftCard: false }];
      const event = order({ lines }, at);
      return { ...event, version: { ...event.version, revision } };
    };
    const model = new Model(shopOf());
    expect(model.apply(counted(2, 0, 2))).toBe('applied: session opened');
    expect(model.apply(counted(1, 9, 1))).toBe('stale: older picture');
    expect(model.apply(counted(3, 0, 3))).toBe('applied: session updated');
  });

  test('survives the queue', () => {
    const event = { ...order(), version: { revision: 7, updatedAt: '2026-01-01T00:00:00Z', digest: 'a' } };
    expect(readMessage(commerceMessage(event, new Date(0)))).toMatchObject({ event: { version: event.version } });
    expect(readMessage(commerceMessage(order(), new Date(0)))).toMatchObject({ event: order() });
  });
});
