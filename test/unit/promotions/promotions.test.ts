import { describe, expect, test } from 'vitest';
import { foldCode, isRunning, promotionsOf } from '../../../lib/promotions/promotions.ts';
import type { Campaign, Snapshot } from '../../../lib/promotions/snapshot.ts';

const campaign = (over: Partial<Campaign>): Campaign => ({
  id: 1,
  applicationId: 1,
  name: 'Summer',
  description: '',
  state: 'enabled',
  features: [],
  tags: [],
  limits: [],
  coupons: [],
  rulesetId: 1,
  rules: [],
  ...over,
});

const coupon = (id: number, value: string) => ({ id, value, usageLimit: 0 });
const shop = { id: 1, name: 'Shop', environment: 'live', currency: 'EUR', timezone: 'UTC' } as const;

const snapshot: Snapshot = {
  id: 'abc',
  accountId: 1,
  applications: [
    { ...shop, caseSensitivity: 'insensitive-uppercase' },
    { ...shop, id: 2, name: 'Other', caseSensitivity: 'sensitive' },
  ],
  campaigns: [
    campaign({ id: 7, coupons: [coupon(1, 'SUMMER')], rules: [{ title: 'R', condition: true, effects: [] }] }),
    campaign({ id: 8, applicationId: 2, coupons: [coupon(2, 'Summer')] }),
    campaign({ id: 3, coupons: [coupon(3, 'WINTER')] }),
  ],
  audiences: [{ id: 1, name: 'Newsletter' }],
  attributes: [{ id: 1, entity: 'CartItem', name: 'giftCard', type: 'boolean' }],
  additionalCosts: [{ id: 1, name: 'shipping' }],
};

const seen = (application: number) => {
  const promotions = promotionsOf(snapshot, application);
  if (!promotions) throw new Error('no such application');
  return promotions;
};

describe('an Application sees', () => {
  test('its own campaigns, in the order of the file, with their rules', () => {
    expect(seen(1).campaigns.map(({ campaign: { id }, rules }) => [id, rules.length])).toEqual([
      [7, 1],
      [3, 0],
    ]);
    expect(seen(1).campaignById(3)?.campaign.name).toBe('Summer');
    expect(seen(1).campaignById(8)).toBeUndefined();
  });

  test('its own coupons, in its own way of comparing codes', () => {
    const found = (application: number, code: string) => seen(application).couponByCode(code)?.coupon.id;
    expect(found(1, 'sumMer')).toBe(1);
    expect(found(1, 'winter')).toBe(3);
    expect(found(2, 'Summer')).toBe(2);
    expect(found(2, 'SUMMER')).toBeUndefined();
    expect(found(1, 'constructor')).toBeUndefined();
    expect(seen(1).couponByCode('WINTER')?.campaign.id).toBe(3);
  });

  test('what the account declares', () => {
    expect(seen(2).attributes('CartItem').get('giftCard')?.type).toBe('boolean');
    expect(seen(2).attributes('Event').size).toBe(0);
    expect(seen(2).additionalCosts.get('shipping')?.id).toBe(1);
    expect(seen(2).audiences.get(1)?.name).toBe('Newsletter');
  });

  test('the snapshot it is from, and when that was first published', () => {
    expect([seen(2).snapshotId, seen(2).application.name]).toEqual(['abc', 'Other']);
    expect(seen(1).published).toBe('1970-01-01T00:00:00.000Z');
    const published = '2026-06-01T12:00:00.000Z';
    expect(promotionsOf({ ...snapshot, published }, 1)?.published).toBe(published);
  });

  test('nothing, if there is no such Application', () => {
    expect(promotionsOf(snapshot, 99)).toBeUndefined();
  });
});

test('promotions are prepared once for a snapshot', () => {
  expect(promotionsOf(snapshot, 1)).toBe(promotionsOf(snapshot, 1));
  expect(promotionsOf(snapshot, 1)).not.toBe(promotionsOf({ ...snapshot }, 1));
});

test.each([
  ['sensitive', 'aBß'],
  ['insensitive-uppercase', 'ABSS'],
  ['insensitive-lowercase', 'abß'],
] as const)('codes are folded %s', (caseSensitivity, folded) => {
  expect(foldCode('aBß', { caseSensitivity })).toBe(folded);
});

describe('a campaign is running (R2)', () => {
  const start = '2026-06-01T00:00:00.000Z';
  const end = '2026-07-01T00:00:00.000Z';
  test.each<[string, Partial<Campaign>, string, boolean]>([
    ['without dates', {}, start, true],
    ['from its start on', { startTime: start }, start, true],
    ['not before', { startTime: start }, '2026-05-31T23:59:59.999Z', false],
    ['until its end', { endTime: end }, '2026-06-30T23:59:59.999Z', true],
    ['not at its end', { endTime: end }, end, false],
    ['not when disabled', { state: 'disabled' }, start, false],
    ['not when archived', { state: 'archived' }, start, false],
  ])('%s', (_what, over, now, running) => {
    expect(isRunning(campaign(over), new Date(now))).toBe(running);
  });
});
