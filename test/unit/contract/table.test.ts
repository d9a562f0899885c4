import { describe, expect, test } from 'vitest';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { noBody } from '../../../lib/contract/wire.ts';
import { OPERATION_IDS } from '../../support/engine.ts';

const rows = Object.entries(operations) as [string, AnyOperation][];

describe.each(rows)('%s', (id, row) => {
  test('stands in the table under its own id', () => {
    expect(row.id).toBe(id);
  });

  test('has the path that its parameters say', () => {
    const named = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(row.params.shape)).toEqual(named);
  });

  test('is in a published document and says how callers prove who they are', () => {
    expect(row.seeds.length).toBeGreaterThan(0);
    expect(row.auth).toContain('apiKey');
    expect(row.errors).toContain(401);
    // What a wrong signature is answered with (semantics.md H2).
    if (row.auth.includes('signature')) expect(row.errors).toContain(400);
    expect([...row.errors]).toEqual([...row.errors].sort((one, other) => one - other));
  });

  test('says that a body may be too large or no JSON where it takes one', () => {
    const takesBody = row.body !== noBody;
    expect(row.errors.includes(415)).toBe(takesBody);
    if (takesBody) expect(row.errors).toContain(413);
  });

  test('has an answer where its status has one', () => {
    const canBeEmpty = row.success.body.safeParse(undefined).success;
    expect(canBeEmpty).toBe(row.success.status === 204 || 'silent' in row.query.shape);
  });
});

test('a path and a method name one operation', () => {
  const places = rows.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
  expect(new Set(places).size).toBe(OPERATION_IDS.length);
});

describe('whom a request names', () => {
  const none = { query: {} };
  const { updateCustomerSessionV2, updateCustomerProfileV2, trackEvent, createReferral, deleteCustomerData } =
    operations;
  const inBody = (profile: string, pointer: string) => ({ profile, source: { pointer } });

  test('a session call: its session, and its profile where it has one', () => {
    const names = (customerSession: object) =>
      updateCustomerSessionV2.names({
        params: { customerSessionId: 's' },
        query: { dry: false },
        body: { customerSession } as never,
      });
    expect(names({ profileId: 'p' })).toEqual({ profiles: [inBody('p', '/customerSession/profileId')], session: 's' });
    expect(names({ profileId: '' })).toEqual({ profiles: [], session: 's' });
    expect(names({})).toEqual({ profiles: [], session: 's' });
  });

  test('an event: the same', () => {
    const names = (body: object) => trackEvent.names({ params: {}, query: { dry: false }, body: body as never });
    expect(names({ sessionId: 's', profileId: 'p' })).toEqual({ profiles: [inBody('p', '/profileId')], session: 's' });
    expect(names({ sessionId: 's' })).toEqual({ profiles: [], session: 's' });
  });

  test('a referral: the advocate, and the friend where there is one', () => {
    const names = (body: object) => createReferral.names({ ...none, params: {}, body: body as never }).profiles;
    const advocate = inBody('a', '/advocateProfileIntegrationId');
    expect(names({ advocateProfileIntegrationId: 'a', friendProfileIntegrationId: 'f' })).toEqual([
      advocate,
      inBody('f', '/friendProfileIntegrationId'),
    ]);
    expect(names({ advocateProfileIntegrationId: 'a', friendProfileIntegrationId: '' })).toEqual([advocate]);
    expect(names({ advocateProfileIntegrationId: 'a' })).toEqual([advocate]);
  });

  test('a profile call and a deletion: the profile', () => {
    const params = { integrationId: 'p' };
    const profiles = [{ profile: 'p', source: { parameter: 'integrationId' } }];
    expect(updateCustomerProfileV2.names({ params, query: {} as never, body: {} as never }).profiles).toEqual(profiles);
    expect(deleteCustomerData.names({ ...none, params, body: undefined }).profiles).toEqual(profiles);
  });
});
