import { expect, test } from 'vitest';
import { effectsWithout, withoutIds } from '../../../lib/contract/effects-without.ts';

const effect = (effectType: string, props: object) => ({ effectType, campaignId: 1, props });

test('ids of the person are blanked, those of others and what was given are not', () => {
  const effects = [
    effect('acceptCoupon', { value: 'ann' }),
    effect('couponCreated', { value: 'NEW', profileId: 'ann' }),
    effect('addLoyaltyPoints', { value: 5, recipientIntegrationId: 'ann' }),
    effect('addLoyaltyPoints', { value: 5, recipientIntegrationId: 'ben' }),
  ];
  expect(effectsWithout(effects, ['ann', 'guest:a']).map(({ props }) => props)).toEqual([
    { value: 'ann' },
    { value: 'NEW', profileId: '' },
    { value: 5, recipientIntegrationId: '' },
    { value: 5, recipientIntegrationId: 'ben' },
  ]);
});

test('what rules made of attributes for the person to read is blanked whatever it says', () => {
  const effects = [
    effect('updateAttribute', { path: 'Profile.Attributes.Name', value: 'Ann' }),
    effect('showNotification', { notificationType: 'Info', title: 'Dear Ann', body: 'Hello' }),
    effect('customEffect', { type: 'mail', payload: { to: 'ann@example.com' } }),
    effect('setDiscount', { name: '10% off', value: 6 }),
  ];
  expect(effectsWithout(effects, ['ann'])).toEqual([
    effect('updateAttribute', { path: 'Profile.Attributes.Name', value: '' }),
    effect('showNotification', { notificationType: 'Info', title: '', body: '' }),
    effect('customEffect', { type: 'mail', payload: {} }),
    effect('setDiscount', { name: '10% off', value: 6 }),
  ]);
});

test('somebody else’s effect loses the ids alone', () => {
  const notification = effect('showNotification', { title: 'Dear Ben', recipientIntegrationId: 'ann' });
  expect(withoutIds(notification, ['ann'])).toEqual(
    effect('showNotification', { title: 'Dear Ben', recipientIntegrationId: '' }),
  );
});
