import { beforeEach, describe, expect, test } from 'vitest';
import { heldMessage } from '../../../lib/inbox/message.ts';
import { outboxKey } from '../../../lib/inbox/outbox.ts';
import { pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import type { OutgoingMessage } from '../../../lib/inbox/queue.ts';
import { targetKey } from '../../../lib/inbox/target.ts';
import { runOpsCommand } from '../../../lib/tools/ops-command.ts';
import { OPS_USAGE } from '../../../lib/tools/ops-options.ts';
import { Refusal } from '../../../lib/tools/refusal.ts';
import {
  cartEvent,
  customerEvent,
  EFFECT,
  eventMessage,
  everythingParked,
  inbox,
  NOW,
  orderEvent,
  received,
  segment,
} from '../inbox/fakes.ts';

let time: Date;
let opened: number;
let sent: OutgoingMessage[];
let waits: number[];
let shop: ReturnType<typeof inbox>;

beforeEach(() => {
  time = NOW;
  opened = 0;
  sent = [];
  waits = [];
  shop = inbox({ now: () => time, api: { effects: [EFFECT] } });
});

/** The inbox holds three; these are in its dead-letter queue. */
const DEPTHS = ({ inbox: dead }: { readonly inbox: number }) => [
  { queue: 'inbox', count: 3, isDead: false },
  { queue: 'outbox', count: 0, isDead: false },
  { queue: 'inbox', count: dead, isDead: true },
  { queue: 'outbox', count: 0, isDead: true },
];

interface Setting {
  /** Unset: the queues cannot be asked. */
  readonly dead?: { readonly inbox: number };
  readonly withoutSecret?: boolean;
  readonly shops?: readonly string[] | undefined;
  /** Takes what is sent to the inbox. */
  send?(message: OutgoingMessage): Promise<void>;
}

/** Runs the command with these words and returns what it printed. */
const run = async (words: string, setting: Setting = {}): Promise<string> => {
  const printed: string[] = [];
  const { shops = ['demo', 'other'], send = async (message) => void sent.push(message) } = setting;
  await runOpsCommand(
    words === '' ? [] : (words.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? []),
    {
      open: async () => {
        opened += 1;
        return {
          store: { ...shop.deps.store, close: async () => {} },
          accountId: 1,
          segment: () => {
            if (setting.withoutSecret) throw new Refusal('KEY_SECRET is not set');
            return segment;
          },
          inbox: async () => ({ send, waiting: async () => 0 }),
          depths: async () => {
            if (!setting.dead) throw new Refusal('INBOX_QUEUE_URL is not set');
            return DEPTHS(setting.dead);
          },
          shops: async () => ('shops' in setting ? setting.shops : shops),
          settings: async () => ({ shops: new Map(), remotes: new Map() }),
          secrets: async () => ({ get: async () => [] }),
          address: undefined,
          logLines: undefined,
        };
      },
      now: () => time,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        time = new Date(time.getTime() + milliseconds);
      },
      print: (text) => void printed.push(text),
      show: () => {},
      fail: () => {},
      fetch,
    },
  );
  return printed.join('\n');
};

const refusal = async (words: string, setting?: Setting): Promise<string> => {
  const error = await run(words, setting).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error.message;
  throw error ?? new Error('it was expected to be refused');
};

const apply = (...messages: Parameters<typeof processInbox>[0]) => processInbox(messages, shop.deps);

const USD = () => eventMessage(orderEvent({ currency: 'USD', id: '200', session: 's200' }));

const later = (milliseconds: number) => {
  time = new Date(time.getTime() + milliseconds);
};

const idOf = async (): Promise<string> => (await everythingParked(shop.deps.store))[0]?.key.sort.split('/')[1] ?? '';

describe('without words', () => {
  test('says that nothing is to be done', async () => {
    expect((await run('', { dead: { inbox: 0 } })).split('\n')).toEqual([
      'Nothing is parked',
      'Nobody is paused',
      'All effects are published',
      'Queues: inbox 3, outbox 0',
      'No dead letters',
      '',
      'Next: nothing to do; npm run ops -- help',
    ]);
  });

  test('says what is parked, what helps, and who is paused since when', async () => {
    await apply(USD(), received('{'), received('['));
    await pauseShop('demo', shop.deps);
    later(3 * 3_600_000);
    await apply(eventMessage(orderEvent()));
    expect((await run('')).split('\n')).toEqual([
      'parked  reason      oldest  what helps',
      expect.stringMatching(/^\d {7}(unusable|unreadable) +3 h +\S/),
      expect.stringMatching(/^\d {7}(unusable|unreadable) +3 h +\S/),
      'parked of: nobody known 2, demo 1',
      'demo: paused since 2026-03-01 12:00 UTC (3 h), 1 waiting',
      'All effects are published',
      'Queues: not counted: INBOX_QUEUE_URL is not set',
      'Dead letters: not counted: INBOX_QUEUE_URL is not set',
      '',
      'Next: npm run ops -- failures list, npm run ops -- resume <shop>, what keeps the queues from being counted',
    ]);
  });
});

describe('of effects, without words', () => {
  const AT = NOW.toISOString();

  const seed = async (
    publications: readonly { readonly id: string; readonly shop?: string; readonly delivery?: object }[],
    targets: Readonly<Record<string, object>> = {},
  ) => {
    const items = publications.map(({ id, ...more }) => ({
      key: outboxKey(1, id),
      data: { v: 1, id, application: 1, event: 'e', effects: [], ...more },
      ...(!more.delivery && { due: { list: 'outbox', at: new Date(NOW.getTime() + 60_000) } }),
    }));
    const receivers = Object.entries(targets).map(([name, data]) => ({ key: targetKey(1, name), data: { ...data } }));
    const puts = [...items, ...receivers].map((put) => ({ put, expect: 'absent' as const }));
    for (let first = 0; first < puts.length; first += 100) {
      await shop.deps.store.write(puts.slice(first, first + 100), `seed ${first}`);
    }
  };

  const lines = async () => (await run('')).split('\n').filter((line) => /^(effects of|and more|Next)/.test(line));

  test('says what waits, whose receiver fails or is disabled, and what was stopped', async () => {
    await seed(
      [
        { id: 'p1', shop: 'demo', delivery: { attempts: 1, since: AT, stopped: 'gone' } },
        { id: 'p2', shop: 'demo', delivery: { attempts: 0, since: AT, stopped: 'disabled' } },
        { id: 'p3', shop: 'other', delivery: { attempts: 3, since: AT, next: AT } },
        { id: 'p4', shop: 'other' },
        { id: 'p5', delivery: { attempts: 1, since: AT, stopped: 'too-large' } },
      ],
      {
        demo: { since: AT, disabled: { at: AT, reason: 'gone' } },
        other: { since: AT },
        mended: { since: AT },
      },
    );
    later(3 * 3_600_000);
    expect(await lines()).toEqual([
      'effects of demo: the receiver is disabled since 2026-03-01 12:00 UTC (gone); 1 stopped (gone), 1 stopped (disabled), the oldest for 3 h',
      'effects of other: the receiver fails for 3 h; 2 to be published, the oldest for 3 h',
      'effects of queued calls: 1 stopped (too-large), the oldest for 3 h',
      'effects of mended: the receiver fails for 3 h',
      'Next: npm run ops -- enable demo, npm run ops -- enable --calls, what keeps the queues from being counted',
    ]);
  });

  test('stops counting where the number helps nobody', async () => {
    await seed(Array.from({ length: 1001 }, (_, index) => ({ id: `p${index}`, shop: 'demo' })));
    expect(await lines()).toEqual([
      'effects of demo: 1000 to be published, the oldest for 0 min',
      'and more: only the first thousand were counted',
      'Next: what keeps the queues from being counted',
    ]);
  });
});

describe('failures list', () => {
  test('counts what could not even be parked, and says so where it cannot', async () => {
    expect(await run('failures list', { dead: { inbox: 0 } })).toBe('Nothing is parked');
    const told = 'Dead letters: inbox 2 (README, When an alarm rings)';
    expect(await run('failures list', { dead: { inbox: 2 } })).toBe(`Nothing is parked\n${told}`);
    expect(await run('failures list')).toBe('Nothing is parked\nDead letters: not counted: INBOX_QUEUE_URL is not set');
    await apply(USD());
    expect(await run('failures list', { dead: { inbox: 2 } })).toContain(`\n${told}\n\nNext: `);
    expect(await run('', { dead: { inbox: 2 } })).toContain('\nNext: npm run ops -- failures list, the dead letters');
  });

  test('is a table with everything that tells failures apart', async () => {
    await apply(USD());
    later(12 * 60_000);
    const [heading = '', row = '', , next] = (await run('failures list', { dead: { inbox: 0 } })).split('\n');
    expect(heading).toMatch(/^id {8}age {5}reason {4}shop or call {2}session {2}text$/);
    expect(row).toMatch(
      /^[\da-f]{8} {2}12 min {2}unusable {2}demo order {4}s200 {5}UnusableEventError: The amounts are in USD.*…$/,
    );
    expect(next).toBe('Next: npm run ops -- failures show <id>');
  });

  test('is narrowed by reason and shop, and cut at a limit that says so', async () => {
    await apply(USD(), USD(), received('{'));
    expect(await run('failures list --reason unreadable')).not.toContain('USD');
    expect(await run('failures list --shop other', { dead: { inbox: 0 } })).toBe('Nothing like that is parked');
    expect(await run('failures list --limit 1')).toContain('and 2 more: --limit 3');
  });

  test('shows no control characters of what somebody sent', async () => {
    await apply(eventMessage(orderEvent({ currency: 'USD', session: 's\u001b[31m\n1' })));
    expect(await run('failures list')).toContain('s [31m 1');
  });
});

describe('failures show', () => {
  test('tells everything but the content, and what to do next', async () => {
    await apply(USD());
    const id = await idOf();
    const printed = await run(`failures show ${id.slice(0, 6)}`);
    expect(printed).toContain(`id           ${id}`);
    for (const fact of [
      'reason       unusable',
      'order        200',
      'group        one',
      'parked       2026-03-01 12:00 UTC',
    ]) {
      expect(printed).toContain(fact);
    }
    expect(printed).not.toContain('T-shirt');
    expect(printed).toContain(`npm run ops -- failures retry ${id.slice(0, 8)} --yes`);
    expect(await run(`failures show ${id} --content`)).toContain('"name": "T-shirt"');
  });

  test('is refused for what is not parked, and for what could be several', async () => {
    expect(await refusal('failures show ab')).toContain('Nothing that begins with ab is parked');
    await apply(USD(), USD());
    const same = (await everythingParked(shop.deps.store)).map(({ key }) => key.sort.split('/')[1] ?? '');
    await apply(...same.map((id) => received('{', { id: `same-${id}` })));
    expect(await refusal('failures show same')).toMatch(/^2 failures begin with same: same-/);
  });
});

describe('failures retry', () => {
  test('says what it would do and does nothing', async () => {
    await apply(USD(), received('{'));
    expect(await run('failures retry --all')).toContain('Would send 2 messages to the inbox again. Do it: --yes');
    expect(sent).toEqual([]);
    expect(await everythingParked(shop.deps.store)).toHaveLength(2);
  });

  test('--yes does it, no faster than it is told', async () => {
    await apply(...Array.from({ length: 30 }, USD), received('{'));
    const printed = await run('failures retry --reason unusable --rate 5 --yes');
    expect(printed).toContain('25 of 30');
    expect(printed).toContain('Sent 30 messages to the inbox again');
    expect(sent).toHaveLength(30);
    expect(waits).toEqual(Array(30).fill(200));
    expect(await everythingParked(shop.deps.store)).toMatchObject([{ reason: 'unreadable' }]);
  });

  test('interrupted, it leaves parked what was not sent, and the next run goes on', async () => {
    await apply(USD(), USD(), USD());
    const send = async (message: OutgoingMessage) => {
      if (sent.length === 2) throw new Error('killed');
      sent.push(message);
    };
    await expect(run('failures retry --all --yes', { send })).rejects.toThrow('killed');
    expect(await everythingParked(shop.deps.store)).toHaveLength(1);
    await run('failures retry --all --yes');
    expect(sent).toHaveLength(3);
  });

  test('leaves alone what a hosted account may have applied, and says what to do', async () => {
    await apply(USD());
    const { store } = shop.deps;
    const [item] = (await store.query('items', { partition: '1/parked' })).items;
    if (!item) expect.fail('nothing is parked');
    await store.write(
      [{ put: { key: item.key, data: { ...(item.data as object), reason: 'outcome-unknown' } }, expect: item.version }],
      'w',
    );
    const printed = await run(`failures retry ${await idOf()} --yes`);
    expect(printed).toMatch(
      /^Nothing to send again; 1 with reason outcome-unknown is left: look at the hosted account/,
    );
    expect(sent).toEqual([]);
  });

  test('needs KEY_SECRET, and changes nothing without', async () => {
    await apply(USD());
    expect(await refusal('failures retry --all --yes', { withoutSecret: true })).toContain('KEY_SECRET');
    expect(sent).toEqual([]);
  });
});

describe('failures discard', () => {
  test('says what it would forget; --yes forgets it, and the trace says why', async () => {
    await apply(USD());
    const id = await idOf();
    expect(await run(`failures discard ${id} --because "settled by hand"`)).toContain(`Would discard ${id} (unusable`);
    expect(await everythingParked(shop.deps.store)).toHaveLength(1);
    expect(await run(`failures discard ${id} --because "settled by hand" --yes`)).toContain(`Discarded ${id}`);
    expect(await everythingParked(shop.deps.store)).toEqual([]);
    expect(await run('trace s200')).toContain('discarded: settled by hand');
  });
});

describe('trace', () => {
  test('tells an order from its cart to its effects', async () => {
    const [cart, order] = [cartEvent(), orderEvent({}, { updatedAt: '2026-03-01T11:59:00Z' })];
    await apply(eventMessage(cart));
    later(61_000);
    await apply(eventMessage(order, { sentAt: time }), eventMessage(order, { sentAt: time, id: 'again' }));
    expect((await run('trace demo:order/100')).split('\n')).toEqual([
      'Session shopify:checkout:1 · Application 1 · order 100 of demo',
      'times in UTC',
      '',
      `demo cart ${cart.id}`,
      '                     received and verified 12:00:00, queued 12:00:00',
      '2026-03-01 12:00:00  applied: session opened → open (updateCustomerSessionV2)',
      '                     1 effect: acceptCoupon SUMMER-1 · waiting to be published (look at publishEffects and its log)',
      '',
      `demo order ${order.id}`,
      '                     received and verified 12:00:00, queued 12:01:01',
      '2026-03-01 12:01:01  applied: session closed (updateCustomerSessionV2)',
      '                     1 effect: acceptCoupon SUMMER-1 · waiting to be published (look at publishEffects and its log)',
      '',
      `demo order ${order.id}`,
      '                     received and verified 12:00:00, queued 12:01:01',
      '2026-03-01 12:01:01  duplicate: applied before',
      '',
    ]);
    expect(await run(`trace ${cart.id}`)).toContain(`demo cart ${cart.id}  ◀`);
  });

  test('says what to do next where something is parked, held or failing', async () => {
    await apply(USD());
    expect(await run('trace s200')).toContain(
      `still parked\n\nParked. Next: npm run ops -- failures show ${(await idOf()).slice(0, 8)}`,
    );
    await pauseShop('demo', shop.deps);
    later(10_000);
    await apply(eventMessage(orderEvent()));
    expect(await run('trace shopify:checkout:1')).toContain('Held. Next: npm run ops -- resume demo');
    shop = inbox({
      api: {
        before: () => {
          throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
        },
      },
    });
    const event = orderEvent();
    await apply(eventMessage(event));
    expect(await run('trace shopify:checkout:1')).toContain(`log of applyInbox, by delivery ${event.id}`);
  });

  test('of what concerns no session tells when it was applied, or that it is parked', async () => {
    const [event, strange] = [customerEvent(), customerEvent({}, { shop: 'gone' })];
    await apply(eventMessage(event), eventMessage(strange));
    expect(await run(`trace ${event.id}`)).toContain('The delivery was applied at 2026-03-01 12:00:00 UTC');
    expect(await run(`trace ${strange.id}`)).toMatch(/^Parked\. Next: npm run ops -- failures show [\da-f]{8}$/);
    expect(await run('trace nothing')).toContain('Nothing is known of it');
  });
});

describe('enable', () => {
  test('brings up what was stopped for a disabled receiver, and says how much', async () => {
    const { store } = shop.deps;
    const key = outboxKey(1, 'p1');
    const stopped = { attempts: 1, since: NOW.toISOString(), stopped: 'gone' };
    const publication = { v: 1, id: 'p1', shop: 'demo', application: 1, event: 'e', effects: [], delivery: stopped };
    const disabled = { since: NOW.toISOString(), disabled: { at: NOW.toISOString(), reason: 'gone' } };
    const target = targetKey(1, 'demo');
    const puts = [
      { key, data: publication },
      { key: target, data: disabled },
    ];
    await store.write(
      puts.map((put) => ({ put, expect: 'absent' as const })),
      'seed',
    );
    expect(await run('enable demo')).toBe(
      'The receiver of demo is enabled; 1 publication that had waited comes with the next sweep, within a minute',
    );
    const [waiting, receiver] = await store.get([key, target]);
    expect(waiting).toMatchObject({ due: { at: NOW } });
    expect(waiting?.data).not.toHaveProperty('delivery');
    expect(receiver).toBeUndefined();
  });

  test('without a shop brings up the effects of calls that somebody queued', async () => {
    const { store } = shop.deps;
    const key = outboxKey(1, 'p1');
    const delivery = { attempts: 1, since: NOW.toISOString(), stopped: 'too-large' };
    const data = { v: 1, id: 'p1', application: 1, event: 'e', effects: [], delivery };
    await store.write([{ put: { key, data }, expect: 'absent' }], 'seed');
    expect(await run('enable --calls')).toMatch(
      /^The effects of queued calls are enabled; 1 publication that had waited/,
    );
    expect(await store.get([key])).toMatchObject([{ due: { at: NOW } }]);
  });

  test('a shop that there is not is refused', async () => {
    expect(await refusal('enable shop')).toBe('There is no shop shop, only demo, other');
  });
});

describe('pause and resume', () => {
  test('a shop that there is not is refused, where the shops are known', async () => {
    expect(await refusal('pause shop')).toBe('There is no shop shop, only demo, other');
    expect(await run('pause shop', { shops: undefined })).toContain('nobody checked');
    expect(await refusal('resume demo')).toBe('demo is not paused: npm run ops shows who is');
  });

  test('resume sends back what waited, tells how far it is, and ends the pause', async () => {
    expect(await run('pause demo')).toContain('demo is paused since 2026-03-01 12:00 UTC');
    later(10_000);
    await apply(eventMessage(orderEvent()));
    expect(shop.calls).toEqual([]);
    const send = async ({ body }: OutgoingMessage) => void (await apply(received(body)));
    expect(await run('resume demo', { send })).toMatch(/^1 sent back.*\ndemo is resumed; 1 message had waited$/);
    expect(shop.calls).toHaveLength(1);
    expect(await run('')).toContain('Nobody is paused');
  });

  test('a message that comes back from nowhere is dropped', async () => {
    await apply(received(heldMessage(eventMessage(orderEvent()).body, 'gone')));
    expect(shop.lines).toMatchObject([{ outcome: 'duplicate' }]);
    expect(shop.calls).toEqual([]);
  });
});

describe('the words', () => {
  test('are explained', async () => {
    expect(await run('help')).toBe(OPS_USAGE);
    expect(await run('failures list --help')).toBe(OPS_USAGE);
    expect(opened).toBe(0);
  });

  test.each([
    ['another command', 'failure list', [/^Expected failures list\|show/]],
    ['half a command', 'failures', [/^Expected failures list\|show/]],
    [
      'an unknown reason and limit',
      'failures list --reason bad --limit 0',
      [/^--reason is refused/, /^--limit is refused/],
    ],
    ['an option of another command', 'failures show ab --yes', [/^failures show takes no --yes/]],
    ['no id', 'failures show', [/^failures show takes the id of one failure/]],
    ['nothing to retry', 'failures retry --yes', [/^failures retry takes either an id or --all/]],
    ['an id and all', 'failures retry ab --all', [/^failures retry takes either/]],
    ['two ids', 'failures retry ab cd', [/^failures retry takes one id/]],
    ['no reason to discard', 'failures discard ab --yes', [/^--because is missing/]],
    ['a reason that breaks a terminal', 'failures discard ab --because "a\u001bb"', [/^--because is refused/]],
    ['an option twice', 'failures list --limit 1 --limit 2', [/given twice/]],
    ['a value for a switch', 'failures retry --all=no', [/takes no value/]],
    ['a shop and all calls', 'enable demo --calls', [/^enable takes either a shop or --calls/]],
    ['nothing to enable', 'enable', [/^enable takes the name of a shop in shops.yaml, or --calls/]],
    ['no shop', 'pause', [/^pause takes the name of a shop/]],
    ['a wild rate', 'resume demo --rate 1000', [/^--rate is refused/]],
    ['nothing to trace', 'trace', [/^trace takes <shop>:order/]],
  ])('are refused before anything is opened: %s', async (_, words, faults) => {
    const told = (await refusal(words)).split('\n');
    for (const [index, fault] of faults.entries()) expect(told[index]).toMatch(fault);
    expect(opened).toBe(0);
  });
});
