import { describe, expect, test } from 'vitest';
import { sessionEvent } from '../../../lib/engine/state-machine.ts';
import { cart, effectsOf, refusal, story, testEngine } from '../../support/engine.ts';

type From = 'none' | 'open' | 'closed' | 'cancelled';
const TO = ['open', 'closed', 'cancelled'] as const;

/** semantics.md §1.7; what is not here is refused. */
const LEGAL: Record<string, string> = {
  'none open': 'talon_session_created',
  'none closed': 'talon_session_created',
  'open open': 'talon_session_updated',
  'open closed': 'talon_session_closed',
  'open cancelled': 'talon_session_cancelled',
  'closed cancelled': 'talon_session_revoked',
};

const sessionIn = async (from: From) => {
  const engine = testEngine();
  if (from !== 'none') await engine.session('s', { state: 'open', cartItems: cart(60) });
  if (from === 'closed' || from === 'cancelled') await engine.session('s', { state: 'closed' });
  if (from === 'cancelled') await engine.session('s', { state: 'cancelled' });
  return engine;
};

describe('every move of the table', () => {
  for (const from of ['none', 'open', 'closed', 'cancelled'] as const) {
    for (const to of TO) {
      // Always a repeat, whatever is sent with it: repeat.test.ts.
      if (from === 'cancelled' && to === 'cancelled') continue;
      const event = LEGAL[`${from} ${to}`];
      if (event) {
        test(`${from} → ${to} is ${event}`, async () => {
          const engine = await sessionIn(from);
          const answer = await engine.session('s', { state: to }, { content: ['customerSession', 'event'] });
          expect(answer.event?.type).toBe(event);
          expect(answer.customerSession?.state).toBe(to);
          const stored = await engine.stored(engine.records.session('s'));
          expect(stored?.state).toBe(to);
        });
      } else {
        test(`${from} → ${to} is refused with exactly the text that clients compare, and changes nothing`, async () => {
          const engine = await sessionIn(from);
          const before = await engine.store.dump();
          // Something new, so that it is no repeat of the end.
          const refused = await refusal(engine.session('s', { state: to, cartItems: cart(1) }));
          expect(refused).toEqual({
            status: 400,
            message: `Cannot move session to state "${to}" from state "${from === 'none' ? 'open' : from}"`,
            issues: [],
          });
          expect(await engine.store.dump()).toBe(before);
        });
      }
    }
  }
});

test('an update without a state is one to open, so a closed session refuses it', async () => {
  const engine = await sessionIn('closed');
  const refused = await refusal(engine.session('s', { attributes: { note: 'late' } }));
  expect(refused.message).toBe('Cannot move session to state "open" from state "closed"');
});

test.each(['partially_returned', 'paid', '', 'OPEN'])(
  'a state of another age, %j, fails the enum check',
  async (state) => {
    const engine = testEngine();
    expect(await refusal(engine.session('s', { state }))).toEqual({
      status: 400,
      message: 'The submitted data was invalid',
      issues: [['enum', '/customerSession/state']],
    });
    expect(await engine.store.dump()).toBe('[]');
  },
);

test('a session may begin closed: rules see it closing, and the side effects run', async () => {
  const engine = testEngine();
  const answer = await engine.session('s', {
    profileId: 'p',
    state: 'closed',
    couponCodes: ['SUMMER'],
    cartItems: cart(60),
  });
  expect(story(answer)).toEqual(['acceptCoupon SUMMER', 'setDiscount 10% off 6']);
  expect(answer.coupons?.[0]).toMatchObject({ usageCounter: 1, discountCounter: 6 });
  expect(answer.customerProfile).toMatchObject({ closedSessions: 1, totalSales: 60 });
});

test('cancelling an open session runs no rules, answers no effects and moves no counter', async () => {
  const engine = testEngine();
  await engine.session('s', { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60) });
  const answer = await engine.session('s', { state: 'cancelled' });
  expect(answer.effects).toEqual([]);
  expect(answer.ruleFailureReasons).toEqual([]);
  expect(answer.coupons?.[0]).toMatchObject({ usageCounter: 0, discountCounter: 0 });
  expect(answer.customerProfile).toMatchObject({ closedSessions: 0, totalSales: 0 });
});

test('a closed session keeps its content when it is cancelled, whatever is sent with the cancellation', async () => {
  const engine = testEngine();
  await engine.session('s', { profileId: 'p', state: 'closed', couponCodes: ['SUMMER'], cartItems: cart(60) });
  const answer = await engine.session('s', { state: 'cancelled', couponCodes: [], cartItems: cart(1) });
  expect(answer.customerSession).toMatchObject({ total: 60, couponCodes: ['SUMMER'] });
  expect(effectsOf(answer, 'rollbackCoupon')).toHaveLength(1);
});

test('a closed session cannot be cancelled for somebody else', async () => {
  const engine = testEngine();
  await engine.session('s', { profileId: 'p', state: 'closed', cartItems: cart(60) });
  expect(await refusal(engine.session('s', { profileId: 'q', state: 'cancelled' }))).toMatchObject({
    status: 400,
    issues: [['Mismatch', '/customerSession/profileId']],
  });
});

test('the move that is asked for and the one that is refused differ in the text alone', () => {
  expect(() => sessionEvent('closed', 'open')).toThrow('Cannot move session to state "open" from state "closed"');
  expect(sessionEvent(undefined, 'open')).toBe('talon_session_created');
});
