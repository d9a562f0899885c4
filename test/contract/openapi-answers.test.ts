import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../lib/contract/openapi.ts';
import { SessionContent } from '../../lib/contract/operations/sessions.ts';
import { operations } from '../../lib/contract/operations/table.ts';
import { cart, testEngine } from '../support/engine.ts';

const { components } = openApiDocument(Object.values(operations), { title: 'API', version: '1' });

/** Reads by the document alone: with the limits that it promises and the schemas do not check. */
const documented = (name: string): z.ZodType => {
  const text = JSON.stringify({ $ref: `#/$defs/${name}`, $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
};

const state = documented('IntegrationStateV2');

const ORDER = {
  profileId: 'p',
  couponCodes: ['SUMMER', 'UNKNOWN'],
  cartItems: cart(60),
  identifiers: ['x'],
  additionalCosts: { shipping: { price: 4.5 } },
};

describe('what the engine answers is what the document says', () => {
  test('of a session, with everything that can be asked for', async () => {
    const answer = await testEngine().session('s', ORDER, { content: SessionContent.options });
    expect(state.safeParse(JSON.parse(JSON.stringify(answer))).error).toBeUndefined();
    expect(Object.keys(answer).length).toBeGreaterThan(8);
  });

  test('of an event', async () => {
    const engine = testEngine();
    await engine.session('s', ORDER);
    const answer = await engine.event('s');
    expect(documented('IntegrationState').safeParse(JSON.parse(JSON.stringify(answer))).error).toBeUndefined();
  });

  test('and an answer beyond a promised limit is not', async () => {
    const answer = await testEngine().session('s', ORDER, { content: SessionContent.options });
    const changed = { ...answer, customerSession: { ...answer.customerSession, referralCode: 'x'.repeat(101) } };
    expect(state.safeParse(changed).success).toBe(false);
    expect(operations.updateCustomerSessionV2.success.body.safeParse(changed).success).toBe(true);
  });
});
