import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { createClient } from '../../lib/client/client.ts';
import type { Part } from './bench.ts';

const KEY = 'ab'.repeat(32);

const CART = Array.from({ length: 20 }, (_, index) => ({
  name: `Product ${index}`,
  sku: `SKU-${index}`,
  quantity: 1 + (index % 3),
  price: 9.99 + index,
  attributes: { color: 'blue', size: index },
}));

const SESSION = { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: CART, attributes: { channel: 'web' } };

const BODY = { customerSession: SESSION };

const FROM = { campaignId: 1, rulesetId: 2, ruleIndex: 0, ruleName: 'Ten percent' };

const ANSWER = {
  effects: [
    { ...FROM, effectType: 'acceptCoupon', props: { value: 'SUMMER' } },
    { ...FROM, effectType: 'setDiscount', props: { name: '10% off', value: 6 } },
  ],
  createdCoupons: [],
  createdReferrals: [],
};

type Run = () => Promise<unknown>;

/** The way of this collection's client. */
const ours = (port: number): Run => {
  const api = createClient({ url: `http://127.0.0.1:${port}`, credentials: { apiKey: KEY } });
  return () =>
    api.updateCustomerSessionV2({ params: { customerSessionId: 'cart-1' }, query: { dry: false }, body: BODY });
};

/** The least that a call can be: a kept connection, JSON out, JSON in. */
const bare = (port: number): Run => {
  const agent = new Agent({ keepAlive: true });
  const path = '/v2/customer_sessions/cart-1?dry=false';
  return () =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(BODY);
      const headers = {
        accept: 'application/json',
        authorization: `ApiKey-v1 ${KEY}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const request = httpRequest({ agent, host: '127.0.0.1', port, method: 'PUT', path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      });
      request.once('error', reject);
      request.end(body);
    });
};

/** The published client, as its documentation uses it. */
const published = (port: number): Run => {
  const client = createRequire(import.meta.url)('talon_one');
  const connection = new client.ApiClient();
  connection.basePath = `http://127.0.0.1:${port}`;
  connection.authentications.api_key_v1.apiKey = KEY;
  connection.authentications.api_key_v1.apiKeyPrefix = 'ApiKey-v1';
  const api = new client.IntegrationApi(connection);
  return () => {
    const body = client.IntegrationRequest.constructFromObject(BODY);
    return api.updateCustomerSessionV2('cart-1', body, { dry: false });
  };
};

const server: { process?: ChildProcess; port: number } = { port: 0 };

const open = async (): Promise<void> => {
  server.process = fork(new URL('client-server.ts', import.meta.url), [JSON.stringify(ANSWER)]);
  [server.port] = await once(server.process, 'message');
};

const connectionsMade = async (): Promise<number> => {
  // Closed at once, and counted with the rest.
  const response = await fetch(`http://127.0.0.1:${server.port}/connections`, { headers: { connection: 'close' } });
  return ((await response.json()) as { connections: number }).connections;
};

const connectionsOf = async (run: Run, calls: number): Promise<number> => {
  const before = await connectionsMade();
  for (let call = 0; call < calls; call += 1) await run();
  return (await connectionsMade()) - before - 1;
};

// Short rounds, many of them: one that nothing disturbs is enough.
const ROUNDS = 40;
const CALLS = 250;

const cpuOf = async (run: Run, concurrent: number, calls: number): Promise<number> => {
  const before = process.cpuUsage();
  const lane = async () => {
    for (let call = 0; call < calls / concurrent; call += 1) await run();
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
};

/** CPU of a call each way: the best round of each, taken in turns, for what else the machine does only adds to a round. */
const bestOf = async (runs: readonly Run[], concurrent: number): Promise<number[]> => {
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, run] of runs.entries()) {
      best[index] = Math.min(best[index] ?? 0, await cpuOf(run, concurrent, CALLS));
    }
  }
  return best;
};

/** What our client costs: requests built, sent, checked against the row's schema. */
export const clientCosts: Part = {
  title: 'Client: CPU of a session call (20-item cart, answer of two effects)',
  gate: async () => {
    await open();
    const [own, least, other] = [ours, bare, published].map((way) => way(server.port)) as [Run, Run, Run];
    assert.deepEqual(await own(), ANSWER);
    assert.deepEqual(await least(), ANSWER);
    assert.equal(((await other()) as typeof ANSWER).effects.length, ANSWER.effects.length);
    assert.equal(await connectionsOf(ours(server.port), 50), 1, 'fifty calls need more than one connection');
  },
  measure: async () => {
    const runs = [ours, bare, published].map((way) => way(server.port));
    const figures = [];
    for (const concurrent of [1, 50]) {
      const [own = 0, least = 0, other = 0] = await bestOf(runs, concurrent);
      const ratio = (to: number) => `${(own / to).toFixed(2)} × (${own.toFixed(0)} µs)`;
      figures.push(
        { what: `against node:http with keep-alive, ${concurrent} at a time`, value: ratio(least), budget: '≤ 1.4' },
        { what: `against talon_one, ${concurrent} at a time`, value: ratio(other), budget: '≤ 0.35' },
      );
    }
    const connections = await connectionsOf(ours(server.port), 50);
    return [...figures, { what: 'connections for 50 calls in a row', value: String(connections), budget: '1' }];
  },
  close: async () => {
    server.process?.disconnect();
  },
};
