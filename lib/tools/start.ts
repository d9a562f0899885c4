import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOCAL_KEY } from '../lambda/authenticate.ts';
import { playDemo } from './demo.ts';
import { readLocalSettings } from './local-settings.ts';
import { showLine } from './log-lines.ts';
import { readDemoPromotions } from './publish.ts';
import { readShopsFile } from './shops-file.ts';
import { freePorts, isTaken, type Ports, startStack } from './stack.ts';

const { state: STATE } = readLocalSettings();

const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

const HIGHEST_PORT = 65_535;

/** HTTP on the given port, the others right behind it. */
const portsOf = (text: string): Ports => {
  const http = Number(text);
  const ports = { http, lambda: http + 2, sqs: http + 3 };
  if (!/^\d+$/.test(text) || http < 1 || ports.sqs > HIGHEST_PORT) {
    throw new Error(`PORT is "${text}": set it to a number from 1 to ${HIGHEST_PORT - 3}, such as PORT=4000 npm start`);
  }
  return ports;
};

/** Refuses in words what would fail later in riddles. */
const refuseTaken = async (ports: Ports): Promise<void> => {
  for (const port of Object.values(ports)) {
    if (await isTaken(port)) {
      const from = ports.http + 10;
      throw new Error(`Port ${port} is taken. Use others: PORT=${from} npm start`);
    }
  }
};

const tell = (mark: string, what: string, outcome: string): void => print(` ${mark} ${what.padEnd(18)}${outcome}`);

/** Where the demo leaves the proof of its erasure. */
const PROOF = `${STATE}/demo-proof.json`;

/** The shops that the demo plays. */
const DEMO = { SHOPS_YAML: 'events/demo/shops.yaml', SECRETS_FILE: 'events/demo/secrets.json' };

/** Plays the demo on a stack of its own, in a temporary folder, while the real one comes up. */
const demo = async (): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'promotion-functions-demo-'));
  // Its deliveries are those of the demo's own shop, whatever shops this stage has.
  const stack = await startStack(folder, await freePorts(), DEMO);
  return async () => {
    try {
      await playDemo(stack, folder, PROOF, tell);
    } finally {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    }
  };
};

const start = async (): Promise<void> => {
  const { values } = parseArgs({ options: { 'no-demo': { type: 'boolean', default: false } } });
  const ports = portsOf(process.env.PORT || '3000');
  // Before anything is started: the stack would only say it in its log.
  await readShopsFile(readLocalSettings().shops);
  await refuseTaken(ports);
  const scratch = values['no-demo'] ? undefined : demo();
  // Told when it is awaited; until then a failure of the demo must not end the process.
  scratch?.catch(() => {});
  const snapshot = await readDemoPromotions();
  const stack = await startStack(STATE, ports);
  const address = `http://localhost:${ports.http}`;

  print(`promotion-functions · local · ${address}`);
  print(`Rules: embedded, no account · State: ${STATE}/state.db · ${snapshot.campaigns.length} promotions published`);
  if (scratch) {
    print('Demo: recorded Shopify events, scratch data');
    await (await scratch)();
    print(`   its proof: npm run privacy -- verify ${PROOF}`);
  }
  print('To play with (from events/demo/promotions.yaml):');
  for (const campaign of snapshot.campaigns) {
    const codes = campaign.coupons.map(({ value }) => value).join(', ');
    const words = [codes && `code ${codes}`, campaign.features.includes('referrals') && 'makes referral codes'];
    print(`   campaign ${campaign.id}  ${campaign.name.padEnd(12)} ${words.filter(Boolean).join(' · ')}`);
  }
  for (const { id, name } of snapshot.audiences) print(`   audience ${id}  ${name}`);
  print('Try it:');
  print(tryIt(address));
  print('Ctrl-C stops it; state stays.');
  stack.onLine((line) => {
    const shown = showLine(line);
    if (shown !== undefined) print(shown);
  });
  const lastWords = await stack.ended;
  if (process.exitCode === undefined) {
    process.exitCode = 1;
    print(`The stack ended by itself:\n${lastWords}`);
  }
};

const tryIt = (address: string): string => {
  const body = {
    customerSession: {
      profileId: 'ann',
      couponCodes: ['WELCOME-2026'],
      cartItems: [{ name: 'Tea', sku: 'tea-1', quantity: 2, price: 15 }],
    },
  };
  return `curl -X PUT ${address}/v2/customer_sessions/my-cart -H 'Authorization: ApiKey-v1 ${LOCAL_KEY}' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The stack is in the same process group or loses its channel to us: it stops by itself.
  process.once(signal, () => {
    process.exitCode = 0;
    process.disconnect?.();
    setTimeout(() => process.exit(0), 1500).unref();
  });
}

try {
  await start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
