import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../../lib/inbox/delivery.ts';
import type { WebhookRequest } from '../../../lib/lambda/webhook-post.ts';
import { webhookTarget } from '../../../lib/lambda/webhook-target.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const PERSON = { environment: 'live', profiles: ['ann', 'guest:1'] } as const;

const target = (answer: Attempt) => {
  const sent: WebhookRequest[] = [];
  return {
    sent,
    ...webhookTarget(
      'crm',
      { url: 'https://crm.example/erasure', secrets: ['erasure/crm'] },
      {
        secrets: { get: async () => [SECRET] },
        send: async (request) => {
          sent.push(request);
          return answer;
        },
        now: () => new Date(),
      },
    ),
  };
};

describe('a further system is told of an erasure', () => {
  test('by a signed Standard Webhook that names the request and the profiles', async () => {
    const crm = target({ status: 202 });
    expect(await crm.erase(PERSON, { request: 'r1' })).toEqual({ outcome: 'sent' });
    const [{ headers, body, url } = { headers: {}, body: '', url: '' }] = crm.sent;
    expect(url).toBe('https://crm.example/erasure');
    expect(new Webhook(SECRET).verify(body, headers)).toEqual({
      type: 'erasure',
      request: 'r1',
      environment: 'live',
      profiles: ['ann', 'guest:1'],
    });
  });

  test.each([
    [404, 'not_found'],
    [501, 'unsupported'],
  ])('and %i says %s', async (status, outcome) => {
    expect(await target({ status }).erase(PERSON, { request: 'r1' })).toEqual({ outcome });
  });

  test.each([
    [{ status: 500 }, 'Status500'],
    [{ status: 301 }, 'Status301'],
    [{ failure: 'slow' }, 'slow'],
  ] as const)('and %j is tried again, without its words', async (attempt, name) => {
    await expect(target(attempt).erase(PERSON, { request: 'r1' })).rejects.toMatchObject({ name });
  });

  test('and nobody can say whether it is done', async () => {
    expect(await target({ status: 200 }).check(PERSON, { request: 'r1' })).toBe('unknown');
  });
});
