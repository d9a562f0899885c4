import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readPromotions } from '../../../lib/promotions/file.ts';
import { RuleError } from '../../../lib/promotions/rule-error.ts';

const SMALL = {
  account: 1,
  applications: [{ id: 1, name: 'Shop', environment: 'live', currency: 'EUR' }],
  campaigns: [
    {
      id: 5,
      application: 1,
      name: 'Summer',
      coupons: [{ id: 1, value: 'SUMMER', usageLimit: 1 }],
      rules: [{ title: 'R', condition: ['couponValid'], effects: ['setDiscount', 'x', 5] }],
    },
  ],
};
type Small = typeof SMALL;
const read = (content: object) => readPromotions(stringify(content), 'promotions.yaml');
/** The small file with another campaign. */
const withCampaign = (over: object) => read({ ...SMALL, campaigns: [{ ...(SMALL.campaigns[0] as object), ...over }] });
const campaignOf = (over: object) => withCampaign(over).campaigns[0];

describe('what a file leaves out', () => {
  test('has defaults', () => {
    expect(read(SMALL)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      accountId: 1,
      applications: [
        { id: 1, name: 'Shop', environment: 'live', currency: 'EUR', timezone: 'UTC', caseSensitivity: 'sensitive' },
      ],
      audiences: [],
      attributes: [],
      additionalCosts: [],
      campaigns: [
        {
          id: 5,
          applicationId: 1,
          name: 'Summer',
          description: '',
          state: 'enabled',
          tags: [],
          limits: [],
          features: ['coupons'],
          rulesetId: 5,
          coupons: [{ id: 1, value: 'SUMMER', usageLimit: 1 }],
          rules: [{ title: 'R', condition: ['couponValid'], effects: [['setDiscount', 'x', 5]] }],
        },
      ],
    });
  });

  test('features follow from what the campaign declares, unless they are given', () => {
    const referralSettings = { couponPattern: 'F-###' };
    expect(campaignOf({ referralSettings })?.features).toEqual(['coupons', 'referrals']);
    expect(campaignOf({ referralSettings, coupons: [] })?.features).toEqual(['referrals']);
    expect(campaignOf({ referralSettings, features: [] })?.features).toEqual([]);
  });

  test('codes are drawn from A-Z0-9', () => {
    expect(
      campaignOf({ referralSettings: { couponPattern: 'F-###' } })?.referralSettings?.validCharacters,
    ).toHaveLength(36);
  });
});

describe('what a file says', () => {
  test('the ruleset has the campaign id or one of its own', () => {
    expect([campaignOf({})?.rulesetId, campaignOf({ rulesetId: 77 })?.rulesetId]).toEqual([5, 77]);
  });

  test('effects are a list, or one alone', () => {
    const effects = (written: unknown) =>
      campaignOf({ rules: [{ title: 'R', condition: true, effects: written }] })?.rules[0]?.effects;
    expect(effects(['noop'])).toEqual([['noop']]);
    expect(effects([['noop'], ['setDiscount', 'x', 1]])).toEqual([['noop'], ['setDiscount', 'x', 1]]);
    expect(effects([])).toEqual([]);
  });

  test('times are kept in one form', () => {
    expect(campaignOf({ startTime: '2026-06-01T00:00:00+02:00' })?.startTime).toBe('2026-05-31T22:00:00.000Z');
  });

  test('codes are stored as their Application compares them', () => {
    const applications = [{ ...SMALL.applications[0], caseSensitivity: 'insensitive-lowercase' }];
    expect(read({ ...SMALL, applications }).campaigns[0]?.coupons[0]?.value).toBe('summer');
  });

  test('a coupon may demand a reservation; without the word it demands none', () => {
    const coupons = [
      { id: 1, value: 'SUMMER', usageLimit: 1, reservation: 'mandatory' },
      { id: 2, value: 'WINTER', usageLimit: 1 },
    ];
    expect(campaignOf({ coupons })?.coupons).toEqual(coupons);
  });

  test('characters for codes are a text or a list', () => {
    const characters = (validCharacters: unknown) =>
      campaignOf({ referralSettings: { couponPattern: '###', validCharacters } })?.referralSettings?.validCharacters;
    expect(characters('AB😀')).toEqual(['A', 'B', '😀']);
    expect(characters(['A', 'BB'])).toEqual(['A', 'BB']);
  });

  test('anchors save writing', () => {
    const text = `
account: 1
applications: [{ id: 1, name: Shop, environment: live, currency: EUR }]
campaigns:
  - { id: 1, application: 1, name: A, limits: &once [{ action: redeemCoupon, limit: 1 }] }
  - { id: 2, application: 1, name: B, limits: *once }
`;
    expect(readPromotions(text, 'f').campaigns.map(({ limits }) => limits.length)).toEqual([1, 1]);
  });
});

describe('the id is that of the content', () => {
  const demo = readFileSync('events/demo/promotions.yaml', 'utf8');

  test('however it is written: comments, quotes, blocks, blanks, order of fields', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, field]) => [name, reversed(field)]),
            )
          : value;
    const ids = [
      readPromotions(stringify(SMALL), 'a').id,
      readPromotions(`# a comment\n${JSON.stringify(SMALL, null, 7)}`, 'b').id,
      readPromotions(stringify(reversed(SMALL), { defaultStringType: 'QUOTE_DOUBLE', collectionStyle: 'flow' }), 'c')
        .id,
      readPromotions(stringify({ ...SMALL, audiences: [] }).replaceAll('\n', '\r\n'), 'd').id,
    ];
    expect(new Set(ids).size).toBe(1);
    expect(readPromotions(demo.replaceAll(/ +#.*$/gm, ''), 'x').id).toBe(readPromotions(demo, 'y').id);
  });

  test('in whatever order things are listed whose order means nothing', () => {
    const lists = {
      audiences: [
        { id: 1, name: 'A' },
        { id: 2, name: 'B' },
      ],
      additionalCosts: [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ],
      attributes: [
        { id: 1, entity: 'Event', name: 'a', type: 'string' },
        { id: 2, entity: 'Event', name: 'b', type: 'string' },
      ],
      applications: [SMALL.applications[0], { ...SMALL.applications[0], id: 2, name: 'Two' }],
    };
    const turned = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.toReversed()]));
    expect(read({ ...SMALL, ...turned }).id).toBe(read({ ...SMALL, ...lists }).id);
  });

  test('in whatever order a campaign names features and entities', () => {
    const idOf = (features: string[], entities: string[]) =>
      withCampaign({ features, limits: [{ action: 'redeemCoupon', limit: 1, entities }] }).id;
    expect(idOf(['referrals', 'coupons'], ['Profile', 'Coupon'])).toBe(
      idOf(['coupons', 'referrals'], ['Coupon', 'Profile']),
    );
  });

  test('the order of campaigns and rules is that of evaluation: it counts', () => {
    const two = [SMALL.campaigns[0], { id: 6, application: 1, name: 'Winter' }];
    expect(read({ ...SMALL, campaigns: two }).id).not.toBe(read({ ...SMALL, campaigns: two.toReversed() }).id);
    const rules = [
      { title: 'R', condition: true, effects: [] },
      { title: 'S', condition: true, effects: [] },
    ];
    expect(withCampaign({ rules }).id).not.toBe(withCampaign({ rules: rules.toReversed() }).id);
  });

  test.each<[string, (small: Small) => unknown]>([
    [
      'a limit',
      (small) => ({
        ...small,
        campaigns: [{ ...small.campaigns[0], limits: [{ action: 'createReferral', limit: 1 }] }],
      }),
    ],
    ['a name', (small) => ({ ...small, applications: [{ ...small.applications[0], name: 'Shopp' }] })],
    ['the account', (small) => ({ ...small, account: 2 })],
  ])('another for another %s', (_what, change) => {
    expect(read(change(SMALL) as object).id).not.toBe(read(SMALL).id);
  });
});

test('any text is read or refused with a RuleError', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((json) => stringify({ ...SMALL, campaigns: json })),
    fc.jsonValue().map((json) => stringify({ ...SMALL, campaigns: [{ ...SMALL.campaigns[0], rules: [json] }] })),
    fc.jsonValue().map((json) => stringify({ ...SMALL, applications: json })),
  );
  fc.assert(
    fc.property(text, (any) => {
      try {
        readPromotions(any, 'f');
      } catch (error) {
        expect(error).toBeInstanceOf(RuleError);
        expect((error as RuleError).faults.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});
