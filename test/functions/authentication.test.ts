import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deleteCustomerData as deleteRow } from '../../lib/contract/operations/customer-data.ts';
import { trackEvent as eventRow } from '../../lib/contract/operations/events.ts';
import { updateCustomerSessionV2 as sessionRow } from '../../lib/contract/operations/sessions.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { keyRegister } from '../../lib/tools/key-register.ts';
import { KEY, KEY_SECRET, request, setUp } from './fakes.ts';

const SIGNING_KEY = 'decade'.repeat(10);

const TOKEN = 'facade'.repeat(10);

/** A function whose callers know a key that signs and a token. */
const signable = async (...options: Parameters<typeof setUp>) => {
  const setting = await setUp(...options);
  const { store, engine } = setting;
  const deps = { store, accountId: 1, keySecret: KEY_SECRET, now: engine.deps.now, newId: randomUUID };
  const record = { application: 1, title: 'old shop', created: '2026-01-01T00:00:00Z' };
  await keyRegister(deps).add(SIGNING_KEY, { ...record, kind: 'apiKey', signs: true });
  await keyRegister(deps).add(TOKEN, { ...record, kind: 'bearer' });
  return setting;
};

const events = () => signable(eventRow, trackEvent);

const signature = (body: string, key = SIGNING_KEY, signer = 1) =>
  `signer=${signer}; signature=${createHmac('md5', Buffer.from(key, 'hex')).update(body, 'utf8').digest('hex')}`;

const signed = (body: string, header = signature(body)) =>
  request({ body, headers: { authorization: '', 'content-signature': header } });

const BODY = JSON.stringify({ type: 'visited', attributes: {}, sessionId: 's1' });

/** As PHP 2018 prints: over several lines, with escapes and bare unicode. */
const PRINTED =
  '{\n    "type": "visited \\u00e9",\n    "attributes": {\r\n\t"page": "\\/tea Zoë 世界"  },\n "sessionId":"s1" }\n';

describe('a signed body is taken as the bytes that were sent', () => {
  test('printed over several lines, with unicode', async () => {
    const { send } = await events();
    const answer = await send(signed(PRINTED));
    expect(answer).toMatchObject({ statusCode: 201, content: { event: { type: 'visited é' } } });
    expect(answer.content.event.attributes).toEqual({ page: '/tea Zoë 世界' });
  });

  test('handed over in base64', async () => {
    const { send } = await events();
    const event = { ...signed(PRINTED), body: Buffer.from(PRINTED).toString('base64'), isBase64Encoded: true };
    expect(await send(event)).toMatchObject({ statusCode: 201 });
  });

  test('beside the Authorization of a proxy', async () => {
    const { send } = await events();
    const headers = { authorization: 'Basic dXNlcjpwYXNz', 'content-signature': signature(BODY) };
    expect(await send(request({ body: BODY, headers }))).toMatchObject({ statusCode: 201 });
  });

  test('on a DELETE with {}, as Java sends it, and with no body at all', async () => {
    const { send, engine } = await signable(deleteRow, deleteCustomerData);
    for (const body of ['{}', '']) {
      await engine.profile('ann', { attributes: {} });
      const event = { ...signed(body), pathParameters: { integrationId: 'ann' } };
      expect(await send(event)).toMatchObject({ statusCode: 204 });
    }
  });
});

test('Go sends its key in both headers, and is served', async () => {
  const { send } = await events();
  const both = `ApiKey-v1 ${KEY}`;
  const headers = { authorization: both, 'content-signature': both };
  expect(await send(request({ body: BODY, headers }))).toMatchObject({ statusCode: 201 });
});

test('a bearer token is taken where the row says so, and only there', async () => {
  const bearer = request({ body: BODY, headers: { authorization: `Bearer ${TOKEN}` } });
  const { send } = await signable({ ...eventRow, auth: ['bearer'] }, trackEvent);
  expect(await send(bearer)).toMatchObject({ statusCode: 201 });
  expect(await send(request({ body: BODY }))).toMatchObject({ statusCode: 401 });
  expect(await (await events()).send(bearer)).toMatchObject({ statusCode: 401 });
});

describe('a refusal', () => {
  test.each([
    ['a body signed by another key', signature(BODY, KEY)],
    ['another body', signature(`${BODY} `)],
    ['an Application that signs nothing', signature(BODY, SIGNING_KEY, 2)],
    ['no signature', 'signer=1'],
  ])('of %s is the 400 of the API, before the body is read, and nothing is stored', async (_, header) => {
    const { send, engine, lines } = await events();
    const before = await engine.store.dump();
    const answer = await send(signed(BODY, header));
    expect(answer).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/json' } });
    expect(answer.content).toEqual({ message: 'HMAC signature mismatch.' });
    expect((await send(signed('{', header))).content).toEqual(answer.content);
    expect(await engine.store.dump()).toBe(before);
    expect(lines[0]).toMatchObject({ outcome: 'refused', status: 400, reason: 'SignatureMismatchError' });
  });

  test('repeats its status where the row does in every 400', async () => {
    const { send } = await signable({ ...eventRow, statusCodeOn400: true }, trackEvent);
    const { content } = await send(signed(BODY, signature('')));
    expect(content).toEqual({ message: 'HMAC signature mismatch.', StatusCode: 400 });
  });

  test('of no credentials is a 401', async () => {
    const { send } = await events();
    const event = request({ body: BODY, headers: { authorization: '' } });
    expect(await send(event)).toMatchObject({ statusCode: 401, content: { StatusCode: 401 } });
  });

  test('of a signature on a row that takes none is a 401, however right it is', async () => {
    const { send } = await signable(sessionRow, updateCustomerSessionV2);
    const event = { ...signed('{"customerSession":{}}'), pathParameters: { customerSessionId: 's1' } };
    expect(await send(event)).toMatchObject({ statusCode: 401, content: { StatusCode: 401 } });
  });

  test('of a body that is too large comes before the signature', async () => {
    const { send } = await signable(eventRow, trackEvent, { over: { maxBodyBytes: 10 } });
    expect(await send(signed(BODY, 'nonsense'))).toMatchObject({ statusCode: 413 });
  });
});

test('no key, token or signature is in a log line', async () => {
  const { send, lines } = await events();
  const headers = [
    { authorization: `ApiKey-v1 ${KEY}` },
    { authorization: `ApiKey-v1 ${SIGNING_KEY}00` },
    { authorization: `Bearer ${TOKEN}` },
    { authorization: '', 'content-signature': signature(BODY) },
    { authorization: '', 'content-signature': signature('another body') },
  ];
  for (const each of headers) await send(request({ body: BODY, headers: each as Record<string, string> }));
  expect(lines.map(({ status }) => status)).toEqual([201, 401, 401, 201, 400]);
  expect(JSON.stringify(lines)).not.toMatch(/fefe|decade|facade|signature=|[\da-f]{32}/);
});
