import { expect, test } from 'vitest';
import type { Attempt } from '../../../lib/inbox/delivery.ts';
import { type CallbackLine, type StatusCallbacksDeps, sendCallbacks } from '../../../lib/lambda/status-callbacks.ts';
import type { WebhookRequest } from '../../../lib/lambda/webhook-post.ts';
import { move } from '../../../lib/privacy/move.ts';
import { isSignedBy } from '../../../lib/privacy/receipt-key.ts';
import { dueRequests, findRequest } from '../../../lib/privacy/register.ts';
import { DAY, HOUR, MINUTE, privacyStage } from '../../support/privacy.ts';

const URLS = ['https://desk.example/dsr', 'https://other.example/dsr'];
const CALLBACKS = { controller: 'desk', requestId: 'uuid-1', domain: 'api.example', urls: URLS };

const setUp = (answer: (request: WebhookRequest) => Attempt = () => ({ status: 204 })) => {
  const stage = privacyStage();
  const sent: WebhookRequest[] = [];
  const lines: CallbackLine[] = [];
  const deps: StatusCallbacksDeps = {
    ...stage.deps,
    log: (line) => lines.push(line),
    post: async (request) => {
      sent.push(request);
      return answer(request);
    },
  };
  /** Sends what is due, as a run does. */
  const send = async () => {
    for await (const registered of dueRequests(stage.now(), stage.deps)) await sendCallbacks(registered, deps);
  };
  const told = () => sent.map(({ url, body }) => [url, JSON.parse(body).request_status]);
  return { stage, sent, lines, deps, send, told };
};

test('every change is told at every address, each once', async () => {
  const { stage, send, told } = setUp();
  await stage.ask({ callbacks: CALLBACKS });
  await send();
  expect(told()).toEqual(URLS.map((url) => [url, 'pending']));
  await send();
  expect(told()).toHaveLength(2);
  stage.pass(HOUR);
  await stage.run();
  await send();
  expect(told().slice(2)).toEqual([
    ...URLS.map((url) => [url, 'in_progress']),
    ...URLS.map((url) => [url, 'completed']),
  ]);
});

test('a callback is signed over its bytes as answers are, and a forged or changed one is not', async () => {
  const { stage, send, sent } = setUp();
  await stage.ask({ callbacks: CALLBACKS });
  await send();
  const [{ headers, body, url } = { headers: {} as Record<string, string>, body: '', url: '' }] = sent;
  expect(JSON.parse(body)).toMatchObject({
    controller_id: 'desk',
    status_callback_url: url,
    subject_request_id: 'uuid-1',
  });
  expect(headers['x-opendsr-processor-domain']).toBe('api.example');
  const signature = Buffer.from(headers['x-opendsr-signature'] ?? '', 'base64').toString('base64url');
  const { publicKey } = stage.deps.key;
  expect(isSignedBy(publicKey, Buffer.from(body), signature)).toBe(true);
  expect(isSignedBy(publicKey, Buffer.from(body.replace('pending', 'completed')), signature)).toBe(false);
  const forger = setUp();
  const [other] = [forger.stage.deps.key.sign(Buffer.from('another text'))];
  expect(isSignedBy(publicKey, Buffer.from(body), other)).toBe(false);
});

test('one address that fails has the change told again, to all, and what follows waits', async () => {
  let isDown = true;
  const { stage, send, told, lines } = setUp(({ url }) => ({ status: isDown && url === URLS[1] ? 503 : 200 }));
  const { id } = await stage.ask({ callbacks: CALLBACKS });
  await send();
  expect(lines).toEqual([{ id, outcome: 'postponed', state: 'pending', status: 503 }]);
  await send();
  expect(told()).toHaveLength(2);
  stage.pass(HOUR);
  await stage.run();
  isDown = false;
  await send();
  expect(
    told()
      .filter(([url]) => url === URLS[1])
      .map(([, status]) => status),
  ).toEqual(['pending', 'pending', 'in_progress', 'completed']);
});

test('an address that is never there is given up, and says so', async () => {
  const { stage, send, lines } = setUp(() => ({ failure: 'address-refused' }));
  const { id } = await stage.ask({ callbacks: CALLBACKS, kind: 'access' });
  for (let run = 0; run < 40; run++) {
    await send();
    stage.pass(DAY);
  }
  expect(lines).toHaveLength(27);
  expect(lines.at(-1)).toEqual({ id, outcome: 'given up', state: 'pending', reason: 'address-refused' });
});

test('nothing is sent that is not due, for nobody who did not ask, and when time is up', async () => {
  const { stage, sent, deps } = setUp();
  const { id } = await stage.ask({ callbacks: CALLBACKS });
  const quiet = await stage.ask();
  const registered = async (of: string) => {
    const found = await findRequest(of, stage.deps);
    if (!found) throw new Error('no such request');
    return found;
  };
  await sendCallbacks(await registered(quiet.id), deps);
  await sendCallbacks(await registered(id), { ...deps, mayBegin: () => false });
  expect(sent).toEqual([]);
});

test('what another run has told meanwhile is not counted twice', async () => {
  const { stage, deps, sent } = setUp();
  const { id } = await stage.ask({ callbacks: CALLBACKS });
  const before = await findRequest(id, stage.deps);
  if (!before) throw new Error('no such request');
  await Promise.all([sendCallbacks(before, deps), sendCallbacks(before, deps)]);
  expect(sent).toHaveLength(4);
  expect((await stage.read(id)).callbacks).toMatchObject({ told: 1, failures: 0 });
});

test('what happens while nothing is to be told is told afterwards', async () => {
  const { stage, deps, send, told } = setUp();
  const { id } = await stage.ask({ callbacks: CALLBACKS });
  await send();
  await move(id, { kind: 'hold', reason: 'a dispute is open', review: stage.now() }, stage.deps);
  const before = await findRequest(id, stage.deps);
  await stage.cancel(id);
  if (before) await sendCallbacks(before, deps);
  await send();
  expect(told().at(-1)).toEqual([URLS[1], 'cancelled']);
});

test('after a cancellation the last callback takes the addresses with it', async () => {
  const { stage, send, told } = setUp();
  const { id } = await stage.ask({ callbacks: CALLBACKS });
  stage.pass(MINUTE);
  await stage.cancel(id);
  await send();
  expect(told().at(-1)).toEqual([URLS[1], 'cancelled']);
  const { callbacks, next } = await stage.read(id);
  expect({ callbacks, next }).toEqual({ callbacks: undefined, next: undefined });
});
