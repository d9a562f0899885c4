import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import { bigcommerce } from '../../../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { accepts, expectNoByteCanChange, NOW, secondsAt, standardDelivery, withHeader } from '../../signed-delivery.ts';

const SECRET = 'the client secret, as the app has it';
const key = Buffer.from(SECRET);

const authenticate = (delivery: Delivery, secrets: readonly string[] = [SECRET], secretHeader?: string) =>
  bigcommerce.authenticate(delivery, { secrets, secretHeader, now: NOW, fetch });
const accepted = (...given: Parameters<typeof authenticate>) => accepts(() => authenticate(...given));

describe('a signed hook', () => {
  test("is signed by the client secret's own bytes", async () => {
    expect(await accepted(standardDelivery(key, '{}'))).toBe(true);
    expect(await accepted(standardDelivery(Buffer.from(SECRET, 'base64'), '{}'))).toBe(false);
    expect(await accepted(standardDelivery(key, '{}'), ['new', SECRET])).toBe(true);
    expect(await accepted(standardDelivery(key, '{}'), ['new', 'old'])).toBe(false);
    expect(await accepted(standardDelivery(key, '{}'), [])).toBe(false);
    expect(await accepted(standardDelivery(Buffer.alloc(0), '{}'), [''])).toBe(false);
  });

  test('cannot be changed in any byte, nor be an hour old or ahead', async () => {
    await expectNoByteCanChange((body) => standardDelivery(key, body), authenticate);
    for (const offset of [-3600, 3600]) {
      expect(await accepted(standardDelivery(key, '{}', { timestamp: secondsAt(offset) }))).toBe(false);
    }
  });
});

describe('a hook of before there were signatures', () => {
  const hook = (value?: string) => ({
    method: 'POST',
    query: {},
    headers: { 'x-hook-secret': value },
    body: Buffer.from('{}'),
  });

  test('is let in by the secret in the header that the shop names', async () => {
    expect(await accepted(hook(SECRET), ['new', SECRET], 'x-hook-secret')).toBe(true);
    for (const wrong of [undefined, '', 'x', `${SECRET} `, SECRET.slice(1), SECRET.toUpperCase(), `${SECRET}\u00e9`]) {
      expect(await accepted(hook(wrong), ['new', SECRET], 'x-hook-secret')).toBe(false);
    }
  });

  test('is refused where the shop names no header, or another, or has no secret', async () => {
    expect(await accepted(hook(SECRET))).toBe(false);
    expect(await accepted(hook(SECRET), [SECRET], 'x-other')).toBe(false);
    expect(await accepted(hook(''), [''], 'x-hook-secret')).toBe(false);
    expect(await accepted(hook(SECRET), [], 'x-hook-secret')).toBe(false);
  });

  test('needs a good signature as soon as it has any', async () => {
    const both = withHeader(standardDelivery(key, '{}'), 'x-hook-secret', SECRET);
    expect(await accepted(both, [SECRET], 'x-hook-secret')).toBe(true);
    for (const name of ['webhook-signature', 'webhook-timestamp', 'webhook-id']) {
      expect(await accepted(withHeader(both, name, 'x'), [SECRET], 'x-hook-secret')).toBe(false);
      expect(await accepted(withHeader(hook(SECRET), name, 'x'), [SECRET], 'x-hook-secret')).toBe(false);
    }
  });
});
