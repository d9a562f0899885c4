import { type ChildProcess, exec, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../lib/client/client.ts';
import { LOCAL_KEY } from '../../lib/lambda/authenticate.ts';
import { freePorts } from '../../lib/tools/stack.ts';

const run = promisify(exec);

const STORY = [
  ' ✓ cart 60.00 EUR    SUMMER-0001 accepted: −6.00',
  ' ✗ cart 40.00 EUR    SUMMER-0001 refused: the total is below 50.00',
  ' ✓ orders/paid       verified → queued → closed, code used 1/1',
  ' ✓ orders/paid       same delivery again → ignored',
  ' ✓ orders/updated    older version → ignored',
  ' ✗ orders/paid       wrong signature → 401, nothing stored',
  " ✗ poison message    parked (The amounts are in JPY, the shop's promotions in EUR); the others went on",
  ' ✓ orders/cancelled  closed → cancelled, −6.00 rolled back, code usable again',
  ' ✓ customers/redact  erased, read back absent, next checks 24 h, 7 d',
  ' ✓ late order        applied without the person, profile not recreated',
];

let folder: string;
let port: number;
let processes: ChildProcess[] = [];

/** Starts `npm start`'s program as the leader of a process group and waits until it invites to try it. */
const start = async (...options: string[]): Promise<{ child: ChildProcess; output: string }> => {
  const child = spawn(process.execPath, ['lib/tools/start.ts', ...options], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: String(port), LOCAL_STATE: folder },
  });
  processes.push(child);
  let output = '';
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (!output.includes('Ctrl-C')) {
    const over = await Promise.race([ended.then(() => true), sleep(50).then(() => false)]);
    if (over) throw new Error(`it ended:\n${output}`);
  }
  return { child, output };
};

const killGroup = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const closed = new Promise((resolve) => child.once('close', resolve));
  process.kill(-(child.pid ?? 0), signal);
  await closed;
  processes = processes.filter((other) => other !== child);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-start-'));
  ({ http: port } = await freePorts());
});

afterAll(async () => {
  for (const child of processes) await killGroup(child, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('npm start tells the story, serves the line it prints, and keeps its state through kill -9', async () => {
  const first = await start();
  expect(first.output.split('\n').filter((line) => /^ [✓✗]/.test(line))).toEqual(STORY);
  const curl = first.output.split('\n').find((line) => line.startsWith('curl ')) ?? '';
  const { stdout } = await run(`${curl} -sS`);
  expect(JSON.parse(stdout)).toMatchObject({
    effects: [{ effectType: 'acceptCoupon' }, { effectType: 'setDiscountPerItem' }],
  });

  // The proof of the demo's erasure is verified with nothing but the file, and with one byte changed it is refused.
  const proof = join(folder, 'demo-proof.json');
  const verify = (file: string) => run(`${process.execPath} lib/tools/privacy.ts verify ${file}`);
  expect((await verify(proof)).stdout).toContain(`RIGHT: ${proof}`);
  const changed = join(folder, 'changed.json');
  await writeFile(changed, (await readFile(proof, 'utf8')).replace('"resurrections":0', '"resurrections":1'));
  await expect(verify(changed)).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('WRONG') });

  // The clients of 2018 and 2019 sign their bodies, and work against it unchanged.
  const old = createClient({ url: `http://127.0.0.1:${port}`, credentials: { signer: 1, key: LOCAL_KEY } });
  const seen = { type: 'seen', sessionId: 'my-cart', attributes: {} };
  expect(await old.trackEvent({ params: {}, query: {}, body: seen })).toMatchObject({ event: { type: 'seen' } });

  await killGroup(first.child, 'SIGKILL');
  const second = await start('--no-demo');
  expect(second.output).not.toContain('✓');
  // The same address, with nothing sent but the question what is there.
  const ask = curl.replace(/-d '.*'$/, `-d '{"customerSession":{},"responseContent":["customerSession"]}'`);
  const { stdout: kept } = await run(`${ask} -sS`);
  expect(JSON.parse(kept)).toMatchObject({
    customerSession: { profileId: 'ann', couponCodes: ['WELCOME-2026'], cartItems: [{ sku: 'tea-1', quantity: 2 }] },
  });
  const { stdout: health } = await run(`curl -sS http://127.0.0.1:${port}/health`);
  expect(JSON.parse(health)).toMatchObject({ status: 'ok' });
  await killGroup(second.child, 'SIGINT');
}, 120_000);
