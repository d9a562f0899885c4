import { expect, test } from 'vitest';
import { profileIdsWith } from '../../../lib/engine/profile-ids.ts';
import { recordsOf } from '../../../lib/engine/records.ts';
import { application, testEngine } from '../../support/engine.ts';

test('every profile of the environment whose id begins so is found, however many pages there are, and no other', async () => {
  const engine = testEngine();
  const { store, accountId, segment, now } = engine.deps;
  const shopify = Array.from({ length: 120 }, (_, index) => `shopify:${index}`);
  for (const id of [...shopify, 'guest:1', 'xshopify:1', 'Shopify:1']) await engine.profile(id, {});
  await engine.erase('shopify:7');
  const records = recordsOf(application(), accountId, segment);
  const found = await Array.fromAsync(profileIdsWith('shopify:', records, { store, now }));
  expect(found.toSorted()).toEqual(shopify.filter((id) => id !== 'shopify:7').toSorted());
});
