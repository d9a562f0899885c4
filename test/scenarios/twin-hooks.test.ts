import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommerceEvent } from '../../lib/commerce/event.ts';
import { bigcommerce } from '../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import { processInbox } from '../../lib/inbox/process.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import { demoShop, eventMessage, inbox, memoryStore, NOW, orderEvent, segment, shops } from '../unit/inbox/fakes.ts';

// BigCommerce's hooks name an order and the second of its change. Of two changes in one second the hooks have the same
// bytes, so nothing but when they come tells them from one hook that is delivered twice. Nothing may go by the bytes alone:
// a hook that was received after a reading began may tell of what that reading did not see. Before that, the reading sees
// the change of either. So each reception is read for, unless another of the same moment waits still; and what is read is
// compared with what is known, so that reading in vain does nothing.

const SHOP = { platform: 'bigcommerce', shopId: 'abc', api: { url: 'https://api.example', secret: 'API' } } as const;
const HOOK = Buffer.from(
  '{"scope":"store/order/updated","producer":"stores/abc","data":{"type":"order","id":100},"created_at":1772362800}',
);

/** The states that the order goes through, all of them in one second. */
const STATES = [
  { payment: 'unpaid', cancelled: false },
  { payment: 'paid', cancelled: false },
  { payment: 'paid', cancelled: true },
] as const;

type Move = 'change' | 'receive' | 'consume';

/** What happens in that second, a millisecond after another; then what is on its way arrives, and all is consumed. */
const live = async (moves: readonly Move[]) => {
  let time = NOW.getTime();
  const now = () => new Date(time);
  let reached = -1;
  let underWay = 0;
  const complete = async ({ id }: CommerceEvent) => [{ ...orderEvent(STATES[reached]), id }];
  const platforms = new Map([['bigcommerce', async () => ({ complete })]]);
  const { deps, calls } = inbox({ shops: shops(SHOP), platforms, store: memoryStore(now), now });

  const known = new Set<string>();
  const queue: IncomingMessage[] = [];
  const send = async ({ body, deduplicationId = '' }: { body: string; deduplicationId?: string }) => {
    // As SQS does within five minutes, also where the first one is consumed.
    if (!known.has(deduplicationId)) queue.push({ ...eventMessage(orderEvent()), body });
    known.add(deduplicationId);
  };
  const receive = async () => {
    underWay--;
    const delivery = { method: 'POST', query: {}, headers: {}, body: HOOK };
    const context = { name: 'demo', shop: demoShop(SHOP), pseudonym: (text: string) => text };
    for (const event of bigcommerce.interpret(delivery, context)) {
      await enqueueEvent(event, demoShop(SHOP), { inbox: { send }, segment, now });
    }
  };
  const consume = async () => expect(await processInbox(queue.splice(0), deps)).toEqual([]);

  for (const move of moves) {
    time += 1;
    if (move === 'consume') await consume();
    else if (move === 'receive' && underWay > 0) await receive();
    else if (move === 'change' && reached < STATES.length - 1) {
      reached++;
      underWay++;
    }
  }
  while (underWay > 0) await receive();
  await consume();
  const states = calls.map(
    ({ request }) => (request as { body: { customerSession: { state: string } } }).body.customerSession.state,
  );
  return { states, expected: [undefined, 'open', 'closed', 'cancelled'][reached + 1] };
};

test('of changes in one second, whose hooks have the same bytes, the last one is applied, whenever hooks arrive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Move>('change', 'receive', 'consume'), { maxLength: 14 }),
      async (moves) => {
        const { states, expected } = await live(moves);
        // An order that is first seen cancelled makes no session.
        if (states.length > 0 || expected !== 'cancelled') expect(states.at(-1)).toBe(expected);
        expect(new Set(states).size).toBe(states.length);
      },
    ),
    { numRuns: 300 },
  );
});
