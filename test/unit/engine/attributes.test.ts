import { describe, expect, test } from 'vitest';
import type { AttributeDefinition, AttributeType, Rule } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

const declared = (entity: AttributeDefinition['entity'], types: Record<string, AttributeType>): AttributeDefinition[] =>
  Object.entries(types).map(([name, type], index) => ({ id: index + 1, entity, name, type }));

const engineWith = (attributes: AttributeDefinition[], rules: Rule[] = []) =>
  testEngine(snapshot({ attributes, campaigns: [campaign({ rules, coupons: [] })] }));

const EVERY: Record<string, AttributeType> = {
  text: 'string',
  number: 'number',
  flag: 'boolean',
  time: 'time',
  texts: '(list string)',
  numbers: '(list number)',
  times: '(list time)',
};

describe('an attribute that is declared', () => {
  test.each([
    ['text', ['', 'x'], [1, true, ['x'], {}]],
    ['number', [0, -1.5, 1e300], ['1', false, [1]]],
    ['flag', [true, false], ['true', 1, 0]],
    [
      'time',
      ['2026-06-01T00:00:00Z', '2026-06-01T00:00:00.123456789+02:00', '0001-01-01T00:00:00Z'],
      ['2026-06-01', 'tomorrow', 'foo 1', '2026-02-30T00:00:00Z', '', 1_780_000_000],
    ],
    ['texts', [[], ['a', 'b']], ['a', [1], ['a', 1], { 0: 'a' }]],
    ['numbers', [[], [1, 2.5]], [1, ['1'], [1, '2']]],
    ['times', [[], ['2026-06-01T00:00:00Z']], ['2026-06-01T00:00:00Z', ['2026-06-01'], [1]]],
  ])('%s takes its own type and refuses every other', async (name, good, bad) => {
    const engine = engineWith(declared('CustomerSession', EVERY));
    for (const value of good) {
      const { customerSession } = await engine.session('good', { attributes: { [name]: value } });
      expect(customerSession?.attributes[name]).toEqual(value);
    }
    for (const value of bad) {
      const refused = await refusal(engine.session('bad', { attributes: { [name]: value } }));
      expect(refused).toMatchObject({
        status: 400,
        issues: [['Invalid type', `/customerSession/attributes/${name}`]],
      });
    }
    expect(await engine.stored(engine.records.session('bad'))).toBeUndefined();
  });

  test('may always be removed', async () => {
    const engine = engineWith(declared('CustomerSession', EVERY));
    await engine.session('s', { attributes: { text: 'x', number: 1 } });
    const { customerSession } = await engine.session('s', { attributes: { text: null, flag: null } });
    expect(customerSession?.attributes).toEqual({ number: 1 });
  });
});

describe('an attribute that is not declared', () => {
  const UNKNOWN = { unknown: 1, toString: 'x', constructor: 'x' };

  test('is refused as Unknown, with its place, in every entity that declares any', async () => {
    const entities = ['CustomerProfile', 'CustomerSession', 'CartItem', 'Event', 'Referral'] as const;
    const engine = engineWith(entities.flatMap((entity) => declared(entity, { known: 'string' })));
    const [item] = cart(1);
    const places = async (call: Promise<unknown>) => (await refusal(call)).issues;
    const named = (prefix: string) => Object.keys(UNKNOWN).map((name) => ['Unknown', `${prefix}/attributes/${name}`]);
    expect(await places(engine.profile('p', { attributes: UNKNOWN }))).toEqual(named(''));
    expect(await places(engine.session('s', { attributes: UNKNOWN }))).toEqual(named('/customerSession'));
    const cartItems = [item, { ...item, attributes: UNKNOWN }];
    expect(await places(engine.session('s', { cartItems }))).toEqual(named('/customerSession/cartItems/1'));
    expect(await places(engine.event('s', { attributes: UNKNOWN }))).toEqual(named(''));
    expect(await places(engine.referral('p', { attributes: UNKNOWN }))).toEqual(named(''));
    expect(await engine.store.dump()).toBe('[]');
  });

  test('is accepted as long as its entity declares none', async () => {
    const engine = engineWith(declared('CartItem', { known: 'string' }));
    const attributes = { ...UNKNOWN, list: [1, 'a', true], place: { lat: 1.5, lon: 'x' } };
    expect((await engine.session('s', { attributes })).customerSession?.attributes).toEqual(attributes);
  });

  test('names of the place escape what JSON pointers escape', async () => {
    const engine = engineWith(declared('CustomerProfile', { known: 'string' }));
    const refused = await refusal(engine.profile('p', { attributes: { 'a/b~c': 1 } }));
    expect(refused.issues).toEqual([['Unknown', '/attributes/a~1b~0c']]);
  });

  test('every fault is named at once, up to a hundred', async () => {
    const engine = engineWith(declared('CustomerProfile', { known: 'string' }));
    const attributes = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`a${index}`, 1]));
    expect((await refusal(engine.profile('p', { attributes }))).issues).toHaveLength(100);
  });
});

describe('rules see attributes', () => {
  const rule = (condition: Rule['condition']): Rule => ({ title: 'R', condition, effects: [['setDiscount', 'x', 1]] });
  const attribute = (name: string) => ['.', 'Session', 'Attributes', name];

  test.each([
    ['exact numbers', ['=', ['+', attribute('number'), 0.2], 0.3], { number: 0.1 }],
    ['times as times', ['<', attribute('time'), ['.', 'Now']], { time: '2026-06-01T13:59:59+02:00' }],
    ['lists', ['=', ['count', attribute('texts')], 2], { texts: ['a', 'b'] }],
    [
      'lists of times',
      ['=', ['count', ['filter', attribute('times'), [['T'], ['<', ['.', 'T'], ['.', 'Now']]]]], 1],
      {
        times: ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
      },
    ],
    ['flags', ['=', attribute('flag'), true], { flag: true }],
  ] as const)('%s', async (_, condition, attributes) => {
    const engine = engineWith(declared('CustomerSession', EVERY), [rule(condition as Rule['condition'])]);
    expect(story(await engine.session('s', { attributes }))).toEqual(['setDiscount x 1']);
  });

  test('a text that was stored before its attribute became a time fails the rule alone', async () => {
    const engine = engineWith([], [rule(['<', attribute('time'), ['.', 'Now']])]);
    await engine.session('s', { attributes: { time: 'soon' } });
    engine.publish(
      snapshot({
        attributes: declared('CustomerSession', EVERY),
        campaigns: [campaign({ coupons: [], rules: [rule(['<', attribute('time'), ['.', 'Now']])] })],
      }),
    );
    const answer = await engine.session('s', {});
    expect(answer.effects).toEqual([]);
    expect(answer.ruleFailureReasons).toHaveLength(1);
  });

  test('only their own: what every object has is missing', async () => {
    const engine = engineWith(
      [],
      [rule(['=', attribute('constructor'), 'x']), rule(['=', attribute('__proto__'), 'x'])],
    );
    const answer = await engine.session('s', { attributes: { a: 1 } });
    expect(answer.ruleFailureReasons?.map(({ details }) => details)).toEqual([
      expect.stringContaining('is missing'),
      expect.stringContaining('is missing'),
    ]);
  });
});

describe('additional costs', () => {
  const engineWithCosts = () => testEngine(snapshot({ additionalCosts: [{ id: 1, name: 'shipping' }] }));

  test('that are not declared are refused with their place', async () => {
    const engine = engineWithCosts();
    const additionalCosts = { shipping: { price: 1 }, wrap: { price: 1 }, constructor: { price: 1 } };
    expect((await refusal(engine.session('s', { additionalCosts }))).issues).toEqual([
      ['Unknown', '/customerSession/additionalCosts/wrap'],
      ['Unknown', '/customerSession/additionalCosts/constructor'],
    ]);
  });

  test('are free as long as none is declared', async () => {
    const { customerSession } = await testEngine().session('s', { additionalCosts: { wrap: { price: 2.5 } } });
    expect(customerSession).toMatchObject({ additionalCosts: { wrap: { price: 2.5 } }, additionalCostTotal: 2.5 });
  });

  test.each([
    ['without a price', {}, 'required'],
    ['with a negative price', { price: -1 }, 'minimum'],
    ['with a text for a price', { price: '1' }, 'Invalid type'],
  ])('%s are refused', async (_, cost, title) => {
    const refused = await refusal(engineWithCosts().session('s', { additionalCosts: { shipping: cost } }));
    expect(refused.issues).toEqual([[title, '/customerSession/additionalCosts/shipping/price']]);
  });
});
