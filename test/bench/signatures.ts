import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import type { Part } from './bench.ts';

const SECRET = 'a signing secret';

const SIZES = [
  { name: '4 KB', bytes: 4_096, calls: 2_000, budget: 2 },
  { name: '1 MB', bytes: 1_048_576, calls: 40, budget: 1.15 },
] as const;

const now = new Date('2026-06-01T12:00:00Z');

const deliveryOf = (bytes: number) => {
  const body = Buffer.alloc(bytes, 'x');
  const signature = createHmac('sha256', SECRET).update(body).digest('base64');
  return { method: 'POST', query: {}, headers: { 'x-shopify-hmac-sha256': signature }, body };
};

const cpuOf = async (calls: number, run: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
};

const ROUNDS = 15;

/** What checking a delivery's signature costs, beside the digest that nobody can do without. */
export const signatureRatios: Part = {
  title: 'Signatures: CPU of a check against a bare createHmac',
  gate: async () => {
    const delivery = deliveryOf(SIZES[0].bytes);
    await shopify.authenticate(delivery, { secrets: [SECRET], now, fetch });
    await assert.rejects(shopify.authenticate(delivery, { secrets: ['another'], now, fetch }));
  },
  measure: async () => {
    const figures = [];
    for (const { name, bytes, calls, budget } of SIZES) {
      const delivery = deliveryOf(bytes);
      const check = () => shopify.authenticate(delivery, { secrets: [SECRET], now, fetch });
      const bare = () => createHmac('sha256', SECRET).update(delivery.body).digest('base64');
      let [own, least] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let round = 0; round < ROUNDS; round += 1) {
        own = Math.min(own, await cpuOf(calls, check));
        least = Math.min(least, await cpuOf(calls, bare));
      }
      const ratio = own / least;
      const value = `${ratio.toFixed(2)} × (${own.toFixed(1)} µs)`;
      figures.push({ what: `a body of ${name}`, value, budget: `≤ ${budget}`, kept: ratio <= budget });
    }
    return figures;
  },
};
