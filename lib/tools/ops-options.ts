import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ADVICE } from '../inbox/failures.ts';
import type { ParkReason } from '../inbox/park.ts';
import {
  readBackfill,
  readConnect,
  readDoctor,
  readReconcile,
  SHOP_OPTIONS,
  SHOP_USAGE,
  type ShopRequest,
} from './ops-shop-options.ts';
import { Refusal } from './refusal.ts';

/** Which failures a command is about; `id` may be the beginning of one. */
export interface Selection {
  readonly id?: string;
  readonly reason?: ParkReason;
  readonly shop?: string;
}

/** What `npm run ops` is asked to do. */
export type OpsRequest =
  | { readonly command: 'status' }
  | { readonly command: 'list'; readonly reason?: ParkReason; readonly shop?: string; readonly limit: number }
  | { readonly command: 'show'; readonly id: string; readonly content: boolean }
  | { readonly command: 'retry'; readonly which: Selection; readonly yes: boolean; readonly rate: number }
  | { readonly command: 'discard'; readonly id: string; readonly because: string; readonly yes: boolean }
  | { readonly command: 'trace'; readonly asked: string }
  | { readonly command: 'pause'; readonly shop: string }
  /** Without a shop: the effects of calls that somebody put into a queue. */
  | { readonly command: 'enable'; readonly shop?: string }
  | { readonly command: 'resume'; readonly shop: string; readonly rate: number }
  | ShopRequest;

const REASONS = Object.keys(ADVICE) as [ParkReason, ...ParkReason[]];

/** What `npm run ops -- help` says. */
export const OPS_USAGE = `npm run ops                                    what is parked, paused, not published or stuck in a queue
npm run ops -- failures list [--reason <reason>] [--shop <shop>] [--limit <number>]
npm run ops -- failures show <id> [--content]
npm run ops -- failures retry <id> | --all | --reason <reason> | --shop <shop> [--rate <per second>] [--yes]
npm run ops -- failures discard <id> --because <text> [--yes]
npm run ops -- trace <shop>:order/<id> | <session> | <delivery>
npm run ops -- pause <shop>
npm run ops -- resume <shop> [--rate <per second>]
npm run ops -- enable <shop> | --calls         sends its effects again, and what was stopped first
${SHOP_USAGE}

  <id>       of a failure, or enough of its beginning
  --reason   ${REASONS.slice(0, 4).join(', ')},
             ${REASONS.slice(4).join(', ')}
  --calls    effects of calls that somebody put into a queue: they are of no shop
  --content  the message itself too; it may hold personal data
  --yes      do it: without it, retry, discard, backfill and reconcile only say what they would do
  --because  why, for whoever reads the trace: no names of persons
  --rate     messages a second; default 10
  --since    a day such as 2026-01-31 (UTC), or a moment; what was changed since then. reconcile: default a day ago
  --platform  a file's lines are orders as the API of this platform answers them, not documents of our own
  --no-effects  apply them, and publish to nobody what that brings about
  --repair   send what differs to the inbox
  --limit    how many are listed; default 50
  --url      the address of a deployed API
  --no-wait  do not wait for the first delivery

Examples:
  npm run ops -- trace demo:order/5001
  npm run ops -- failures retry --reason unknown-shop --shop demo --yes
  STORE=dynamodb:<table> KEY_SECRET=<that of the stage> INBOX_QUEUE_URL=<queue> npm run ops -- failures list

Without STORE it works on the local state in LOCAL_STATE (default .local). KEY_SECRET is needed for trace, retry,
discard, backfill and reconcile; INBOX_QUEUE_URL for retry, resume, backfill, reconcile and doctor, and to count what the
queues hold. backfill, reconcile and doctor need SHOPS_FILE (default build/shops.json), SECRETS and STAGE as well.`;

type Command = OpsRequest['command'];
type Option = keyof typeof OPTIONS;

const OPTIONS = {
  reason: { type: 'string' },
  shop: { type: 'string' },
  limit: { type: 'string' },
  content: { type: 'boolean' },
  calls: { type: 'boolean' },
  all: { type: 'boolean' },
  yes: { type: 'boolean' },
  because: { type: 'string' },
  rate: { type: 'string' },
  ...SHOP_OPTIONS,
} as const;

/** The words of a command, and which options it takes. */
const COMMANDS: Readonly<Record<Command, { readonly words: string; readonly takes: readonly Option[] }>> = {
  status: { words: 'status', takes: [] },
  list: { words: 'failures list', takes: ['reason', 'shop', 'limit'] },
  show: { words: 'failures show', takes: ['content'] },
  retry: { words: 'failures retry', takes: ['all', 'reason', 'shop', 'rate', 'yes'] },
  discard: { words: 'failures discard', takes: ['because', 'yes'] },
  trace: { words: 'trace', takes: [] },
  pause: { words: 'pause', takes: [] },
  resume: { words: 'resume', takes: ['rate'] },
  enable: { words: 'enable', takes: ['calls'] },
  backfill: { words: 'backfill', takes: ['since', 'shop', 'platform', 'rate', 'no-effects', 'yes'] },
  reconcile: { words: 'reconcile', takes: ['since', 'rate', 'repair', 'yes'] },
  connect: { words: 'connect', takes: ['shop', 'url', 'no-wait'] },
  doctor: { words: 'doctor', takes: ['shop'] },
};

/**
 * Reads the words after `npm run ops --`. Undefined: help was asked for.
 *
 * @throws Refusal naming every fault and what to write instead.
 */
export const readOpsRequest = (words: readonly string[]): OpsRequest | undefined => {
  if (words.length === 0) return { command: 'status' };
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (positionals[0] === 'help' || words.includes('--help')) return undefined;
  const command = commandOf(positionals);
  if (!command) {
    throw new Refusal(
      `Expected failures list|show|retry|discard, trace, pause, resume, enable, backfill, reconcile, connect or doctor\n\n${OPS_USAGE}`,
    );
  }
  const faults = optionFaults(command, tokens);
  const [, ...more] = positionals.slice(COMMANDS[command].words.split(' ').length - 1);
  const request = READERS[command]({ values, more, faults });
  if (faults.length > 0) throw new Refusal(faults.join('\n'));
  return request;
};

const commandOf = ([first, second]: readonly string[]): Command | undefined =>
  (Object.keys(COMMANDS) as Command[]).find((command) => {
    const { words } = COMMANDS[command];
    return words === first || words === `${first} ${second}`;
  });

const optionFaults = (command: Command, tokens: ReturnType<typeof parseArgs>['tokens']): string[] => {
  const { words, takes } = COMMANDS[command];
  const seen = new Set<string>();
  return (tokens ?? []).flatMap((token) => {
    if (token.kind !== 'option') return [];
    const { name, rawName, value } = token;
    const isRepeated = seen.has(name);
    seen.add(name);
    if (!takes.some((option) => option === name)) return [`${words} takes no ${rawName}`];
    if (isRepeated) return [`${rawName} is given twice: give it once`];
    const isSwitch = OPTIONS[name as Option].type === 'boolean';
    return isSwitch && value !== undefined ? [`${rawName} takes no value: write ${rawName} alone`] : [];
  });
};

/** What a command is read from; faults are added. */
export interface Words {
  readonly values: Readonly<Record<string, unknown>>;
  readonly more: readonly string[];
  readonly faults: string[];
}

const optionOf = <T>({ values, faults }: Words, option: Option, schema: z.ZodType<T>, expected: string): T => {
  const { success, data } = schema.safeParse(values[option]);
  if (!success) {
    faults.push(`--${option} is ${values[option] === undefined ? 'missing' : 'refused'}: expected ${expected}`);
  }
  // A fault was told then, and nobody gets what was read.
  return data as T;
};

const oneWord = ({ more, faults }: Words, command: Command, what: string): string => {
  const [word = ''] = more;
  if (more.length !== 1 || word === '') faults.push(`${COMMANDS[command].words} takes ${what}`);
  return word;
};

const Count = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .transform(Number)
    .refine((count) => count <= most);

const MOST_LISTED = 1000;
const MOST_A_SECOND = 300;
const LIMIT = `a number from 1 to ${MOST_LISTED}`;
const RATE = `a number of messages a second, from 1 to ${MOST_A_SECOND}`;
const REASON = `one of ${REASONS.join(', ')}`;
const SHOP = 'the name of a shop in shops.yaml';
const BECAUSE = 'up to 200 characters that say why, such as "settled by hand"';
const AN_ID = 'the id of one failure, or enough of its beginning: npm run ops -- failures list shows them';

const rateOf = (words: Words) => optionOf(words, 'rate', Count(MOST_A_SECOND).default(10), RATE);
const reasonOf = (words: Words) => optionOf(words, 'reason', z.enum(REASONS).optional(), REASON);
const Shop = z.string().regex(/^[a-z0-9-]{1,40}$/);
const shopOf = (words: Words) => optionOf(words, 'shop', Shop.optional(), SHOP);

const READERS: Readonly<Record<Command, (words: Words) => OpsRequest>> = {
  status: (words) => {
    if (words.more.length > 0) words.faults.push('status takes no further words');
    return { command: 'status' };
  },
  list: (words) => {
    if (words.more.length > 0) words.faults.push('failures list takes no further words');
    const [reason, shop] = [reasonOf(words), shopOf(words)];
    const limit = optionOf(words, 'limit', Count(MOST_LISTED).default(50), LIMIT);
    return { command: 'list', limit, ...(reason && { reason }), ...(shop && { shop }) };
  },
  show: (words) => ({ command: 'show', id: oneWord(words, 'show', AN_ID), content: words.values.content === true }),
  retry: (words) => {
    const { values, more, faults } = words;
    const [reason, shop, rate] = [reasonOf(words), shopOf(words), rateOf(words)];
    const [id] = more;
    const isSome = values.all === true || reason !== undefined || shop !== undefined;
    if (more.length > 1) faults.push('failures retry takes one id: for several use --reason, --shop or --all');
    if ((id !== undefined && isSome) || (id === undefined && !isSome && faults.length === 0)) {
      faults.push('failures retry takes either an id or --all, --reason or --shop');
    }
    const which = { ...(id !== undefined && { id }), ...(reason && { reason }), ...(shop && { shop }) };
    return { command: 'retry', which, yes: values.yes === true, rate };
  },
  discard: (words) => {
    const id = oneWord(words, 'discard', AN_ID);
    const because = optionOf(words, 'because', Because, BECAUSE);
    return { command: 'discard', id, because, yes: words.values.yes === true };
  },
  trace: (words) => ({
    command: 'trace',
    asked: oneWord(words, 'trace', '<shop>:order/<id>, the id of a session, or the id of a delivery'),
  }),
  pause: (words) => ({ command: 'pause', shop: oneWord(words, 'pause', SHOP) }),
  resume: (words) => ({ command: 'resume', shop: oneWord(words, 'resume', SHOP), rate: rateOf(words) }),
  enable: (words) => {
    if (words.values.calls !== true)
      return { command: 'enable', shop: oneWord(words, 'enable', `${SHOP}, or --calls`) };
    if (words.more.length > 0) words.faults.push('enable takes either a shop or --calls');
    return { command: 'enable' };
  },
  backfill: (words) => readBackfill(words, rateOf(words)),
  reconcile: (words) => readReconcile(words, rateOf(words)),
  connect: readConnect,
  doctor: readDoctor,
};

// No control characters: the text is printed.
const Because = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);
