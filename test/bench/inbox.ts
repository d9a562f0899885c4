import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connect } from '../../lib/contract/api.ts';
import { processInbox } from '../../lib/inbox/process.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import { cartEvent, eventMessage, inbox } from '../unit/inbox/fakes.ts';
import type { Part } from './bench.ts';

const GROUPS = 10;
const EACH = 10;
const UPSTREAM_MS = 20;

/** Carts of as many sessions, each growing older by a second with every message. */
const messages = (): IncomingMessage[] =>
  Array.from({ length: GROUPS * EACH }, (_, index) => {
    const group = `group ${index % GROUPS}`;
    const second = String(Math.floor(index / GROUPS)).padStart(2, '0');
    const event = cartEvent({ session: group }, { updatedAt: `2026-03-01T11:00:${second}Z` });
    return eventMessage(event, { group });
  });

/** Applies all of them on an upstream that takes its time; how long that took, and how many calls it got. */
const applied = async (): Promise<{ readonly ms: number; readonly calls: number }> => {
  const { deps } = inbox();
  let calls = 0;
  const slowly: Connect = (application) => {
    const api = deps.connect(application);
    return {
      ...api,
      updateCustomerSessionV2: async (request, call) => {
        calls += 1;
        await sleep(UPSTREAM_MS);
        return api.updateCustomerSessionV2(request, call);
      },
    };
  };
  const batch = messages();
  const began = performance.now();
  const failed = await processInbox(batch, { ...deps, connect: slowly });
  assert.deepEqual(failed, []);
  return { ms: performance.now() - began, calls };
};

/** How well groups go side by side: against what an upstream alone would take for the messages of one group. */
export const inboxConcurrency: Part = {
  title: `Inbox: ${GROUPS} groups of ${EACH} messages on an upstream of ${UPSTREAM_MS} ms`,
  gate: async () => {
    assert.equal((await applied()).calls, GROUPS * EACH);
  },
  measure: async () => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round += 1) best = Math.min(best, (await applied()).ms);
    const share = (EACH * UPSTREAM_MS) / best;
    return [
      {
        what: 'of the ideal, ten times one after the other',
        value: `${share.toFixed(2)} (${best.toFixed(0)} ms)`,
        budget: '≥ 0.85',
        kept: share >= 0.85,
      },
    ];
  },
};
