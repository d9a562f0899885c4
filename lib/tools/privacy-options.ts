import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Status } from '../privacy/request.ts';
import { type Asking, PRIVACY_USAGE, type PrivacyCommand } from './privacy-usage.ts';
import { Refusal } from './refusal.ts';

type Option = keyof typeof OPTIONS;

const OPTIONS = {
  access: { type: 'boolean' },
  alias: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  because: { type: 'string' },
  chain: { type: 'boolean' },
  environment: { type: 'string' },
  file: { type: 'string' },
  fingerprint: { type: 'string' },
  key: { type: 'string' },
  limit: { type: 'string' },
  months: { type: 'string' },
  most: { type: 'string' },
  received: { type: 'string' },
  reference: { type: 'string' },
  regulation: { type: 'string' },
  review: { type: 'string' },
  settled: { type: 'string' },
  shop: { type: 'string' },
  'show-ids': { type: 'boolean' },
  status: { type: 'string' },
  to: { type: 'string' },
  told: { type: 'string' },
  with: { type: 'string', multiple: true },
  without: { type: 'string', multiple: true },
  yes: { type: 'boolean' },
} as const;

/** The first word, and which options go with it. */
const TAKES: Readonly<Record<string, readonly Option[]>> = {
  request: ['access', 'alias', 'environment', 'file', 'received', 'reference', 'regulation', 'shop', 'yes'],
  status: ['show-ids'],
  list: ['status', 'all', 'limit'],
  hold: ['all', 'because', 'review'],
  release: ['all', 'because', 'most', 'settled', 'with', 'without'],
  cancel: ['because'],
  extend: ['months', 'because', 'told'],
  export: ['to'],
  proof: ['to', 'chain'],
  verify: ['key', 'fingerprint'],
};

/** What a command is read from; faults are added. */
interface Words {
  readonly word: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The words after the command that belong to no option. */
  readonly more: readonly string[];
  readonly faults: string[];
  readonly now: Date;
}

/**
 * Reads the words after `npm run privacy --`. Undefined: help was asked for.
 *
 * @throws Refusal naming every fault and what to write instead.
 */
export const readPrivacyCommand = (words: readonly string[], now: Date): PrivacyCommand | undefined => {
  if (words.length === 0) return { command: 'overview' };
  const { values, positionals, tokens } = parseArgs({
    args: idLast(words),
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (positionals[0] === 'help' || words.includes('--help')) return undefined;
  const [word = '', ...more] = positionals;
  if (!Object.hasOwn(TAKES, word)) {
    throw new Refusal(`Expected ${Object.keys(TAKES).join(', ')}\n\n${PRIVACY_USAGE}`);
  }
  const faults = optionFaults(word, tokens);
  const command = READERS[word]?.({ word, values, more, faults, now });
  if (faults.length > 0) throw new Refusal(faults.join('\n'));
  return command;
};

/** An id may begin with a dash, and would be taken for an option: no option has one dash, or so many letters. */
const idLast = (words: readonly string[]): string[] => {
  const [command = '', id = '', ...more] = words;
  return /^-[^-]|^--[\w-]{20}$/.test(id) ? [command, ...more, '--', id] : [...words];
};

const optionFaults = (word: string, tokens: ReturnType<typeof parseArgs>['tokens']): string[] => {
  const takes = TAKES[word] ?? [];
  const seen = new Set<string>();
  return (tokens ?? []).flatMap((token) => {
    if (token.kind !== 'option') return [];
    const { name, rawName, value } = token;
    const option = takes.find((each) => each === name);
    if (!option) return [`${word} takes no ${rawName}`];
    const isRepeated = seen.has(name) && !('multiple' in OPTIONS[option]);
    seen.add(name);
    if (isRepeated) return [`${rawName} is given twice: give it once`];
    const isSwitch = OPTIONS[option].type === 'boolean';
    return isSwitch && value !== undefined ? [`${rawName} takes no value: write ${rawName} alone`] : [];
  });
};

const optionOf = <T>({ values, faults }: Words, option: Option, schema: z.ZodType<T>, expected: string): T => {
  const { success, data } = schema.safeParse(values[option]);
  if (!success) {
    faults.push(`--${option} is ${values[option] === undefined ? 'missing' : 'refused'}: expected ${expected}`);
  }
  // A fault was told then, and nobody gets what was read.
  return data as T;
};

const oneWord = ({ word, more, faults }: Words, what: string): string => {
  const [first = ''] = more;
  if (more.length !== 1 || first === '') faults.push(`${word} takes ${what}`);
  return first;
};

const noWords = ({ word, more, faults }: Words): void => {
  if (more.length > 0) faults.push(`${word} takes no further words: write texts of several words in quotes`);
};

const idOf = (words: Words): string =>
  oneWord(words, 'the id of one request, or enough of its beginning: npm run privacy -- list shows them');

// No control characters: the text is printed. No address either: it is kept when the person is not.
const Because = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}@]*$/u);
const becauseOf = (words: Words): string =>
  optionOf(words, 'because', Because, 'up to 200 characters that say why, and no address or name of a person');

const Moment = z.union([
  z.iso.date().transform((day) => new Date(`${day}T00:00:00Z`)),
  z.iso.datetime({ offset: true }).transform((moment) => new Date(moment)),
]);
const MOMENT = 'a day such as 2026-03-31 (UTC), or a moment such as 2026-03-31T18:00:00+02:00';

/** A moment that has been. */
const pastOf = (words: Words, option: 'received' | 'told'): Date | undefined => {
  const moment = optionOf(words, option, option === 'told' ? Moment : Moment.optional(), MOMENT);
  if (moment && moment > words.now) words.faults.push(`--${option} is in the future: expected when it was`);
  return moment;
};

const Count = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .transform(Number)
    .refine((count) => count <= most);
const MOST_LISTED = 1000;
const MOST_RELEASED = 100_000;

/** As the API takes them. */
const Profile = z.string().min(1).max(1000);
const PROFILE = 'a profile id (the integration id of a customer)';
const Profiles = z.array(Profile).default([]);
const Path = z.string().min(1);

const STATUSES = [
  'pending',
  'requires_input',
  'held',
  'in_progress',
  'partial',
  'completed',
  'verified',
  'cancelled',
] as const satisfies readonly Status[];

const DAY_MS = 86_400_000;
const REVIEW_DAYS = 7;

const READERS: Readonly<Record<string, (words: Words) => PrivacyCommand>> = {
  request: (words) => {
    const { values, more, faults } = words;
    const received = pastOf(words, 'received');
    const asking: Asking = {
      kind: values.access === true ? 'access' : 'erasure',
      environment: optionOf(words, 'environment', z.enum(['live', 'sandbox']).default('live'), 'live or sandbox'),
      regulation: optionOf(words, 'regulation', z.enum(['gdpr', 'ccpa']).default('gdpr'), 'gdpr or ccpa'),
      ...(received && { received }),
    };
    const file = optionOf(words, 'file', Path.optional(), 'the path of a file');
    const aliases = optionOf(words, 'alias', Profiles, PROFILE);
    const reference = optionOf(words, 'reference', Because.optional(), 'your own number of the request');
    const shop = optionOf(words, 'shop', Path.optional(), 'the name of a shop');
    if (shop !== undefined) {
      if (more.length > 0 || file !== undefined || values.alias !== undefined || reference !== undefined) {
        faults.push(
          'request takes either a profile, --file or --shop: everybody of a shop has no alias and no reference',
        );
      }
      return { command: 'request', asking, from: { shop, yes: values.yes === true } };
    }
    if (file !== undefined) {
      if (more.length > 0 || values.alias !== undefined || reference !== undefined) {
        faults.push('request takes either a profile or --file: aliases and references stand in its lines');
      }
      return { command: 'request', asking, from: { file } };
    }
    const profile = oneWord(words, `${PROFILE}, or --file`);
    if (!Profile.or(z.literal('')).safeParse(profile).success)
      faults.push(`request takes ${PROFILE}, up to 1000 characters`);
    return { command: 'request', asking, from: { profile, aliases, ...(reference !== undefined && { reference }) } };
  },
  status: (words) => ({ command: 'status', id: idOf(words), showIds: words.values['show-ids'] === true }),
  list: (words) => {
    noWords(words);
    const status = optionOf(words, 'status', z.enum(STATUSES).optional(), `one of ${STATUSES.join(', ')}`);
    const limit = optionOf(words, 'limit', Count(MOST_LISTED).prefault('50'), `a number from 1 to ${MOST_LISTED}`);
    return { command: 'list', all: words.values.all === true, limit, ...(status && { status }) };
  },
  hold: (words) => {
    const { values, faults, now } = words;
    if (values.all === true) {
      noWords(words);
      if (values.review !== undefined) faults.push('--review goes with one request, not with --all: leave one out');
      return { command: 'stop', because: becauseOf(words) };
    }
    const review = optionOf(words, 'review', Moment.optional(), MOMENT);
    if (review && review <= now) faults.push('--review is in the past: expected when somebody looks at it again');
    return {
      command: 'hold',
      id: idOf(words),
      because: becauseOf(words),
      review: review ?? new Date(now.getTime() + REVIEW_DAYS * DAY_MS),
    };
  },
  release: (words) => {
    const { values, faults } = words;
    const [isAll, isClear, isSettled] = [
      values.all === true,
      values.with !== undefined || values.without !== undefined,
      values.settled !== undefined,
    ];
    if ([isAll, isClear, isSettled].filter(Boolean).length > 1) {
      faults.push('release takes one of --all, --with and --without, or --settled');
    }
    if (values.most !== undefined && !isAll) faults.push('--most goes with --all');
    if (isAll) {
      noWords(words);
      const most = optionOf(words, 'most', Count(MOST_RELEASED).optional(), `a number from 1 to ${MOST_RELEASED}`);
      return { command: 'go', ...(most !== undefined && { most }) };
    }
    const id = idOf(words);
    if (isClear) {
      if (values.because !== undefined) faults.push('--with and --without say it all: leave --because out');
      const [theirs, others] = [
        optionOf(words, 'with', Profiles, PROFILE),
        optionOf(words, 'without', Profiles, PROFILE),
      ];
      return { command: 'clarify', id, theirs, others };
    }
    const because = becauseOf(words);
    if (!isSettled) return { command: 'release', id, because };
    return { command: 'settle', id, target: optionOf(words, 'settled', Path, 'the name of a target'), because };
  },
  cancel: (words) => ({ command: 'cancel', id: idOf(words), because: becauseOf(words) }),
  extend: (words) => {
    const months = optionOf(words, 'months', z.enum(['1', '2']), '1 or 2');
    return {
      command: 'extend',
      id: idOf(words),
      months: months === '2' ? 2 : 1,
      because: becauseOf(words),
      told: pastOf(words, 'told') ?? words.now,
    };
  },
  export: (words) => ({
    command: 'export',
    id: idOf(words),
    to: optionOf(words, 'to', Path, 'the path of a new file'),
  }),
  proof: (words) => ({
    command: 'proof',
    id: idOf(words),
    to: optionOf(words, 'to', Path, 'the path of a new file'),
    chain: words.values.chain === true,
  }),
  verify: (words) => {
    const file = oneWord(words, 'the file of a proof or of one receipt');
    const key = optionOf(words, 'key', Path.optional(), 'the path of a file');
    const fingerprint = optionOf(
      words,
      'fingerprint',
      z
        .string()
        .regex(/^[\w-]{43}$/)
        .optional(),
      '43 characters',
    );
    if (key !== undefined && fingerprint !== undefined) words.faults.push('--key and --fingerprint: leave one out');
    return {
      command: 'verify',
      file,
      ...(key !== undefined && { key }),
      ...(fingerprint !== undefined && { fingerprint }),
    };
  },
};
