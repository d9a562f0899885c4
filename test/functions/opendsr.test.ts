import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authenticator, LOCAL_BEARER, LOCAL_KEY } from '../../lib/lambda/authenticate.ts';
import { keyItem } from '../../lib/lambda/keys.ts';
import { cancelOpenDsrRequest } from '../../lib/lambda/open-dsr-cancel.ts';
import { createRequest } from '../../lib/lambda/open-dsr-create.ts';
import { openDsrDiscoveryHandler } from '../../lib/lambda/open-dsr-discovery.ts';
import { type OpenDsrDeps, openDsrHandler } from '../../lib/lambda/open-dsr-handler.ts';
import { requestStatus } from '../../lib/lambda/open-dsr-status.ts';
import { move } from '../../lib/privacy/move.ts';
import { openPerson } from '../../lib/privacy/person.ts';
import { isSignedBy } from '../../lib/privacy/receipt-key.ts';
import { listRequests } from '../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../lib/privacy/request.ts';
import { suppressedOf } from '../../lib/privacy/suppression.ts';
import { DAY, HOUR, privacyStage } from '../support/privacy.ts';
import { shopSettings } from '../support/shop.ts';
import { context, keptLog } from './fakes.ts';

const TOKENS: Readonly<Record<string, string>> = {
  'opendsr-desk': 'the-token-of-the-consent-desk-000001',
  'opendsr-app': 'the-token-of-the-mobile-apps-0000002',
  'opendsr-lab': 'the-token-of-the-laboratory-00000003',
};

const SETTINGS = {
  controllers: {
    desk: { secret: 'opendsr-desk' },
    app: { secret: 'opendsr-app' },
    lab: { secret: 'opendsr-lab', environment: 'sandbox' as const },
  },
};

const ID = 'a7551968-d5d6-44b2-9831-815ac9017798';

const asked = (over: object = {}) => ({
  subject_request_id: ID,
  subject_request_type: 'erasure',
  regulation: 'gdpr',
  submitted_time: '2026-03-02T09:00:00Z',
  api_version: '1.0',
  subject_identities: [
    { identity_type: 'controller_customer_id', identity_value: 'crm-7', identity_format: 'raw' },
    { identity_type: 'email', identity_value: ' Ann@Example.com', identity_format: 'raw' },
  ],
  ...over,
});

const setUp = (settings: Parameters<typeof privacyStage>[0] = { settings: SETTINGS }) => {
  const stage = privacyStage(settings);
  const { lines, log } = keptLog();
  const { store, accountId, segment, now, key } = stage.deps;
  const deps: OpenDsrDeps = {
    store,
    accountId,
    segment,
    settings: stage.deps.settings,
    secrets: { get: async (names) => names.map((name) => TOKENS[name] ?? '') },
    key,
    now,
    log,
  };
  const create = createRequest(async () => ({
    shops: new Map([['demo', shopSettings()]]),
    seal: stage.deps.seal,
    maxBodyBytes: 5_000,
    allowLoopback: false,
    environmentOf: async () => 'live',
  }));
  const cancel = cancelOpenDsrRequest(async () => stage.deps.seal);
  const sender =
    (operation: Parameters<typeof openDsrHandler>[0]) =>
    async (
      over: { body?: unknown; id?: string; token?: string | undefined; headers?: Record<string, string> } = {},
    ) => {
      const { body, id = ID, token = TOKENS['opendsr-desk'], headers = {} } = over;
      const event = {
        headers: { Host: 'API.example:443', Authorization: `Bearer ${token}`, ...headers },
        pathParameters: { id },
        isBase64Encoded: false,
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      };
      const answer = await openDsrHandler(operation, async () => deps)(event, context());
      return { ...answer, content: JSON.parse(answer.body ?? '') };
    };
  const requests = async (): Promise<PrivacyRequest[]> => {
    const all: PrivacyRequest[] = [];
    for await (const { request } of listRequests(stage.deps)) all.push(request);
    return all;
  };
  const personIn = ({ id, sealed = '' }: PrivacyRequest) => openPerson(sealed, id, stage.deps.seal);
  const guest = `guest:${segment('guest', 'ann@example.com')}`;
  return {
    stage,
    lines,
    deps,
    guest,
    requests,
    personIn,
    post: (body: unknown = asked(), over: object = {}) => sender(create)({ body, ...over }),
    status: sender(requestStatus),
    cancel: sender(cancel),
  };
};

describe('a request', () => {
  test('is accepted with 201, its times, and the body as it came', async () => {
    const { post, requests, stage } = setUp();
    const body = JSON.stringify(asked());
    const { statusCode, content } = await post(body);
    expect(statusCode).toBe(201);
    const [request] = await requests();
    expect(content).toEqual({
      controller_id: 'desk',
      subject_request_id: ID,
      received_time: '2026-03-02T10:00:00.000Z',
      expected_completion_time: request?.safe,
      encoded_request: Buffer.from(body).toString('base64'),
      api_version: '1.0',
    });
    expect(request).toMatchObject({ kind: 'erasure', source: 'opendsr:desk', received: '2026-03-02T09:00:00.000Z' });
    expect(await stage.store.dump()).not.toMatch(/Ann@|crm-7/);
  });

  test('is about the customer; the guest of their e-mail address may be them; both are suppressed', async () => {
    const { post, requests, personIn, guest, stage } = setUp();
    await post();
    const [request] = await requests();
    expect(request && personIn(request)).toEqual({ environment: 'live', profiles: ['crm-7', guest] });
    expect(await suppressedOf('live', ['crm-7', guest], stage.deps)).toEqual(new Set(['crm-7', guest]));
  });

  test('names a customer of a shop by the shop’s own id, and a person by their e-mail address alone', async () => {
    const { post, requests, personIn, guest } = setUp();
    const [customer, email] = asked().subject_identities;
    await post(asked({ subject_identities: [{ ...customer, identity_value: '7', shop: 'demo' }] }));
    const [ofShop] = await requests();
    expect(ofShop && personIn(ofShop).profiles).toEqual(['shopify:7']);
    const other = setUp();
    await other.post(asked({ subject_identities: [email] }));
    const [ofEmail] = await other.requests();
    expect(ofEmail && other.personIn(ofEmail).profiles).toEqual([guest]);
  });

  test('sent again is the same one, with the same answer', async () => {
    const { post, requests, stage, lines } = setUp();
    const first = await post();
    stage.pass(DAY);
    const again = await post(asked({ subject_request_id: ID.toUpperCase() }));
    expect(again.statusCode).toBe(201);
    expect({ ...again.content, encoded_request: '' }).toEqual({ ...first.content, encoded_request: '' });
    expect(await requests()).toHaveLength(1);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['accepted', 'repeated']);
  });

  test('under an id that was used for another kind or another person is refused', async () => {
    const { post, requests } = setUp();
    await post();
    const [customer] = asked().subject_identities;
    for (const over of [
      { subject_request_type: 'access' },
      { subject_identities: [{ ...customer, identity_value: 'crm-8' }] },
    ]) {
      const { statusCode, content } = await post(asked(over));
      expect(statusCode).toBe(400);
      expect(content.error.errors).toMatchObject([{ domain: '/subject_request_id', reason: 'Conflict' }]);
    }
    expect(await requests()).toHaveLength(1);
  });

  test('has days for second thoughts, counted from when the person asked', async () => {
    const { post, requests } = setUp();
    await post(asked({ submitted_time: '2026-03-01T10:00:00+01:00' }));
    expect(await requests()).toMatchObject([
      { received: '2026-03-01T09:00:00.000Z', notBefore: '2026-03-08T09:00:00.000Z' },
    ]);
  });

  test('from a clock that is ahead begins now', async () => {
    const { post, requests } = setUp();
    await post(asked({ submitted_time: '2030-01-01T00:00:00Z' }));
    expect(await requests()).toMatchObject([{ received: '2026-03-02T10:00:00.000Z' }]);
  });

  test('from long ago is refused: the date is a mistake, and nobody would have second thoughts', async () => {
    const { post, requests } = setUp();
    for (const submitted_time of ['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '2018-05-24T23:59:59Z']) {
      const { statusCode, content } = await post(asked({ submitted_time }));
      expect(statusCode).toBe(400);
      expect(content.error.errors).toMatchObject([{ domain: '/submitted_time', reason: 'Invalid value' }]);
    }
    expect(await requests()).toEqual([]);
  });

  test.each(['access', 'portability'])('for %s suppresses nobody', async (subject_request_type) => {
    const { post, requests, stage } = setUp();
    await post(asked({ subject_request_type }));
    expect(await requests()).toMatchObject([{ kind: 'access' }]);
    expect(await suppressedOf('live', ['crm-7'], stage.deps)).toEqual(new Set());
  });

  test('of a controller of sandboxes reaches sandboxes, and no shop of the live environment', async () => {
    const { post, requests } = setUp();
    const token = TOKENS['opendsr-lab'];
    await post(asked(), { token });
    expect(await requests()).toMatchObject([{ environment: 'sandbox', source: 'opendsr:lab' }]);
    const [customer] = asked().subject_identities;
    const { statusCode, content } = await post(
      asked({ subject_identities: [{ ...customer, shop: 'demo' }], subject_request_id: crypto.randomUUID() }),
      { token },
    );
    expect(statusCode).toBe(400);
    expect(content.error.errors).toMatchObject([{ domain: '/subject_identities/0/shop' }]);
  });
});

describe('a request that is not as it should be', () => {
  const faults = async (over: object) => {
    const { post, requests } = setUp();
    const { statusCode, content } = await post(asked(over));
    expect(statusCode).toBe(400);
    expect(content.error.code).toBe(400);
    expect(await requests()).toEqual([]);
    return content.error.errors as { domain: string; reason: string; message: string }[];
  };

  test('is refused with every fault and its place', async () => {
    const errors = await faults({
      subject_request_id: 'x',
      subject_request_type: 'forget',
      submitted_time: 'yesterday',
      subject_identities: [],
      status_callback_urls: ['http://desk.example/dsr'],
    });
    expect(errors.map(({ domain }) => domain)).toEqual([
      '/subject_request_id',
      '/subject_request_type',
      '/submitted_time',
      '/subject_identities',
      '/status_callback_urls/0',
    ]);
  });

  test('is told which identity is not supported', async () => {
    const [email] = asked().subject_identities.slice(1);
    const errors = await faults({
      subject_identities: [
        { identity_type: 'android_id', identity_value: '1', identity_format: 'raw' },
        { ...email, identity_format: 'sha256' },
        { ...email, identity_value: '  ' },
        { ...email, shop: 'gone', identity_type: 'ann@example.com' },
      ],
    });
    expect(errors.map(({ domain, message }) => [domain, message])).toEqual([
      ['/subject_identities/0/identity_type', 'android_id is not supported: expected controller_customer_id or email'],
      ['/subject_identities/1/identity_format', 'sha256 is not supported: expected raw'],
      ['/subject_identities/2/identity_value', 'expected a text that is not blank'],
      ['/subject_identities/3/identity_type', 'it is not known: expected controller_customer_id or email'],
    ]);
  });

  test.each([
    'https://127.0.0.1/dsr',
    'https://[::1]/dsr',
    'https://10.1.2.3/dsr',
    'https://169.254.169.254/latest',
    'https://user:secret@desk.example/dsr',
    'ftp://desk.example',
    'desk.example',
  ])('may not have its callbacks sent to %s', async (url) => {
    expect(await faults({ status_callback_urls: [url] })).toMatchObject([{ domain: '/status_callback_urls/0' }]);
  });

  test('names no shop that there is not, and no more than five addresses', async () => {
    const [customer] = asked().subject_identities;
    expect(await faults({ subject_identities: [{ ...customer, shop: '__proto__' }] })).toMatchObject([
      { domain: '/subject_identities/0/shop' },
    ]);
    const urls = Array.from({ length: 6 }, (_, index) => `https://desk.example/${index}`);
    expect(await faults({ status_callback_urls: urls })).toMatchObject([{ domain: '/status_callback_urls' }]);
  });

  test('is no JSON, or too large', async () => {
    const { post } = setUp();
    expect((await post('{ nobody')).statusCode).toBe(400);
    expect((await post('')).statusCode).toBe(400);
    expect((await post('x'.repeat(6_000))).statusCode).toBe(413);
  });

  test('is repeated in no answer and no line', async () => {
    const { post, lines } = setUp();
    const { body } = await post(
      asked({ subject_identities: [{ identity_type: 'ann@example.com', identity_value: 7 }] }),
    );
    expect(`${body}${JSON.stringify(lines)}`).not.toMatch(/ann@/i);
  });
});

describe('who may ask', () => {
  const forged = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    `Basic ${TOKENS['opendsr-desk']}`,
    `ApiKey-v1 ${LOCAL_KEY}`,
    `Bearer ${LOCAL_BEARER}`,
  ];

  test.each(forged)('not "%s": it is refused before anything is read', async (authorization) => {
    const { post, status, cancel, requests, lines } = setUp();
    for (const answer of [
      await post('{ no JSON', { headers: { Authorization: authorization } }),
      await status({ headers: { Authorization: authorization } }),
      await cancel({ headers: { Authorization: authorization } }),
    ]) {
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.content.error.code).toBe(401);
    }
    expect(await requests()).toEqual([]);
    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
  });

  test('an Integration key opens nothing here, and the token of a controller nothing there', async () => {
    const { post, stage, deps } = setUp();
    const record = { kind: 'bearer', application: 1, title: 'test', created: '2026-01-01T00:00:00Z' } as const;
    const key = 'fefe'.repeat(16);
    await stage.store.write([{ put: keyItem(1, key, record), expect: 'absent' }], 'key');
    const authenticate = authenticator({ ...deps, keySecret: 'a key secret', stage: 'test' });
    const claim = (token: string) =>
      authenticate({ headers: { authorization: `Bearer ${token}` }, body: new Uint8Array(), auth: ['bearer'] });
    await expect(claim(key)).resolves.toBe(1);
    expect((await post(asked(), { token: key })).statusCode).toBe(401);
    expect((await post()).statusCode).toBe(201);
    await expect(claim(TOKENS['opendsr-desk'] ?? '')).rejects.toThrow('Authentication failed');
  });

  test('nobody where no controller is named, and nobody by a token that is short enough to guess', async () => {
    expect((await setUp({}).post()).statusCode).toBe(401);
    const { post, deps, lines } = setUp();
    (deps.secrets as { get: unknown }).get = async () => ['short', 'short', 'short'];
    expect((await post(asked(), { token: 'short' })).statusCode).toBe(500);
    expect(String(lines[0]?.error)).toContain('opendsr-desk');
  });

  test('one controller never finds the request of another, and may use the same id', async () => {
    const { post, status, cancel, requests } = setUp();
    const token = TOKENS['opendsr-app'];
    await post();
    expect((await status({ token })).statusCode).toBe(404);
    expect((await cancel({ token })).statusCode).toBe(404);
    expect((await post(asked(), { token })).content.controller_id).toBe('app');
    expect(await requests()).toHaveLength(2);
    expect((await status()).content.controller_id).toBe('desk');
  });
});

describe('where a request stands', () => {
  test('is told by its id, and is pending, in progress, completed or cancelled', async () => {
    const { post, status, stage, requests } = setUp();
    expect((await status()).statusCode).toBe(404);
    await post();
    const { statusCode, content } = await status({ id: ID.toUpperCase() });
    expect(statusCode).toBe(200);
    expect(content).toMatchObject({ controller_id: 'desk', subject_request_id: ID, request_status: 'pending' });
    const [request] = await requests();
    await move(request?.id ?? '', { kind: 'begun', targets: ['engine'] }, stage.deps);
    expect((await status()).content.request_status).toBe('in_progress');
  });
});

describe('a cancellation', () => {
  test('is taken while the request is pending, with 202, and lifts the suppression; sent again it is answered alike', async () => {
    const { post, cancel, status, stage } = setUp();
    await post();
    stage.pass(HOUR);
    const { statusCode, content } = await cancel();
    expect(statusCode).toBe(202);
    expect(content).toEqual({
      controller_id: 'desk',
      subject_request_id: ID,
      received_time: '2026-03-02T11:00:00.000Z',
      api_version: '1.0',
    });
    expect((await status()).content.request_status).toBe('cancelled');
    expect(await suppressedOf('live', ['crm-7'], stage.deps)).toEqual(new Set());
    stage.pass(HOUR);
    expect(await cancel()).toMatchObject({ statusCode: 202, content });
  });

  test('is too late once deleting has begun, and when it is done', async () => {
    const { post, cancel, stage, requests } = setUp();
    await post();
    stage.pass(8 * DAY);
    const [request] = await requests();
    await move(request?.id ?? '', { kind: 'begun', targets: ['engine'] }, stage.deps);
    const { statusCode, content } = await cancel();
    expect(statusCode).toBe(400);
    expect(content.error.errors).toMatchObject([{ reason: 'too_late' }]);
    await stage.run();
    expect((await cancel()).content.error.errors).toMatchObject([{ reason: 'too_late' }]);
    expect(await requests()).toMatchObject([{ status: 'completed' }]);
  });

  test('of an access request that was answered is too late', async () => {
    const { post, cancel, stage } = setUp();
    await post(asked({ subject_request_type: 'access' }));
    await stage.run();
    expect(await cancel()).toMatchObject({ statusCode: 400 });
  });
});

describe('every answer', () => {
  test('is signed over its bytes, for the domain on which it was asked', async () => {
    const { post, status, stage } = setUp();
    const answers = [await post(), await status(), await status({ token: 'x' }), await post('{')];
    const { publicKey } = stage.deps.key;
    for (const { headers, body = '' } of answers) {
      expect(headers['x-opendsr-processor-domain']).toBe('api.example');
      const signature = Buffer.from(headers['x-opendsr-signature'] ?? '', 'base64').toString('base64url');
      expect(isSignedBy(publicKey, Buffer.from(body), signature)).toBe(true);
      expect(isSignedBy(publicKey, Buffer.from(`${body} `), signature)).toBe(false);
    }
  });

  test('is given, whatever the event', async () => {
    const { deps } = setUp();
    for (const event of [{}, { headers: null }, { headers: { host: 7 }, pathParameters: 'x' }]) {
      expect((await openDsrHandler(requestStatus, async () => deps)(event)).statusCode).toBe(401);
    }
    expect((await openDsrHandler(requestStatus, async () => deps)(undefined)).statusCode).toBe(500);
  });
});

test('everybody may ask what the interface understands', async () => {
  const { statusCode, body = '' } = await openDsrDiscoveryHandler()({ headers: { host: 'api.example' } });
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toEqual({
    api_version: '1.0',
    supported_identities: [
      { identity_type: 'controller_customer_id', identity_format: 'raw' },
      { identity_type: 'email', identity_format: 'raw' },
    ],
    supported_subject_request_types: ['erasure', 'access', 'portability'],
    processor_certificate: 'https://api.example/.well-known/erasure-receipt-key',
  });
  const { body: bare = '' } = await openDsrDiscoveryHandler()({ headers: { host: '"><script>' } });
  expect(bare).not.toContain('script');
});

test('the id of a request tells nothing of the controller’s own, nor of the person', async () => {
  const { post, requests } = setUp();
  await post();
  const [{ id, subject } = { id: '', subject: '' }] = await requests();
  for (const text of [ID, 'crm-7', 'ann@example.com']) {
    const digest = createHash('sha256').update(text).digest();
    for (const written of [text, digest.toString('hex'), digest.toString('base64url')]) {
      expect(`${id} ${subject}`).not.toContain(written.slice(0, 22));
    }
  }
});
