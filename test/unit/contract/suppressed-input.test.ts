import { describe, expect, test } from 'vitest';
import { SuppressedError } from '../../../lib/contract/errors.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { type OperationId, operations } from '../../../lib/contract/operations/table.ts';
import { suppressibleProfiles, withoutSuppressed } from '../../../lib/contract/suppressed-input.ts';
import { validate } from '../../../lib/contract/validate.ts';
import { OPERATION_IDS } from '../../support/engine.ts';
import { GOOD_REQUESTS } from '../../support/requests.ts';

const row = (id: OperationId): AnyOperation => operations[id];
const good = (id: OperationId) => validate(row(id), GOOD_REQUESTS[id]);

const refused = (id: OperationId, request: object, suppressed: (profile: string) => boolean) => {
  try {
    withoutSuppressed(row(id), validate(row(id), request), suppressed);
  } catch (error) {
    if (error instanceof SuppressedError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe.each(OPERATION_IDS)('%s', (id) => {
  test('is made as it is while nobody whom it names is suppressed', () => {
    const input = good(id);
    expect(withoutSuppressed(row(id), input, () => false)).toBe(input);
  });

  test('says what becomes of it when somebody is: it is made, refused as its document says, or made without them', () => {
    const { whenSuppressed, errors } = row(id);
    const input = good(id);
    if (whenSuppressed === 'allow') {
      expect(suppressibleProfiles(row(id), input)).toEqual([]);
      expect(withoutSuppressed(row(id), input, () => true)).toBe(input);
    } else if (whenSuppressed === 'refuse') expect(errors).toContain(409);
    else {
      const without = whenSuppressed(input);
      expect(row(id).names(without)).toEqual({ ...row(id).names(input), profiles: [] });
      // It can be sent on as it is, also to another server.
      expect(validate(row(id), JSON.parse(JSON.stringify(without)))).toEqual(without);
    }
  });
});

test('a refusal names every place that names a suppressed profile, and never the profile', () => {
  const customerProfiles = ['ann', 'ben', 'ann'].map((integrationId) => ({ integrationId }));
  const request = { params: {}, query: {}, body: { customerProfiles } };
  const error = refused('updateCustomerProfilesV2', request, (profile) => profile === 'ann');
  expect(error.issues).toEqual(
    ['/customerProfiles/0/integrationId', '/customerProfiles/2/integrationId'].map((pointer) => ({
      title: 'Suppressed',
      details: 'this profile was erased',
      source: { pointer },
    })),
  );
  expect(JSON.stringify([error.message, error.issues])).not.toContain('ann');
});

test('a refusal of what the path names tells the parameter', () => {
  const request = { params: { integrationId: 'ann' }, query: {}, body: {} };
  expect(refused('updateCustomerProfileV2', request, () => true).issues).toMatchObject([
    { title: 'Suppressed', source: { parameter: 'integrationId' } },
  ]);
});

test.each(['updateCustomerSessionV2', 'updateCustomerSession'] as const)(
  '%s without its person keeps what the shop sold, and nothing that describes them',
  (id) => {
    const before = good(id);
    const after = withoutSuppressed(row(id), before, () => true);
    const content = (input: { body: { customerSession?: object } }) => input.body.customerSession ?? input.body;
    const [{ attributes: _, ...item }] = (content(before) as { cartItems: [{ attributes?: object }] }).cartItems;
    expect(after).toEqual(
      id === 'updateCustomerSession'
        ? { ...before, body: expect.anything() }
        : { ...before, body: { ...before.body, customerSession: expect.anything() } },
    );
    expect(content(after)).toEqual({
      ...content(before),
      profileId: '',
      identifiers: [],
      attributes: {},
      cartItems: [item],
    });
  },
);

test('an event without its person keeps its type and its session', () => {
  const request = {
    params: {},
    query: {},
    body: { type: 'x', sessionId: 's', profileId: 'ann', attributes: { a: 1 } },
  };
  expect(withoutSuppressed(row('trackEvent'), validate(row('trackEvent'), request), (id) => id === 'ann').body).toEqual(
    { type: 'x', sessionId: 's', profileId: '', attributes: {} },
  );
});
