import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { KeyKind } from '../lambda/keys.ts';
import { Refusal } from './refusal.ts';

/** What `npm run keys` is asked to do. */
export type KeysRequest =
  | {
      readonly command: 'create';
      readonly kind: KeyKind;
      readonly application: number;
      readonly title: string;
      readonly signs: boolean;
      readonly expires?: Date;
    }
  | { readonly command: 'list'; readonly application?: number }
  | { readonly command: 'revoke'; readonly id: string };

/** What `npm run keys` says when it is asked for nothing. */
export const KEYS_USAGE = `npm run keys -- create --application <id> --title <text> [--bearer | --signed] [--expires <date>]
npm run keys -- list [--application <id>]
npm run keys -- revoke <id of a key>

  --bearer   a token for Authorization: Bearer, in place of a key for Authorization: ApiKey-v1
  --signed   the key can also sign bodies (Content-Signature, clients of 2018 and 2019)
  --expires  the last day (UTC) such as 2027-01-31, or a moment such as 2027-01-31T18:00:00+01:00; default: never

Examples:
  npm run keys -- create --application 1 --title "Web shop"
  npm run keys -- create --application 1 --title "Old shop" --signed --expires 2027-01-31
  STORE=dynamodb:<table> KEY_SECRET=<that of the stage> npm run keys -- list

Without STORE it works on the local state in LOCAL_STATE (default .local). KEY_SECRET is needed for --signed only.`;

type Command = KeysRequest['command'];
type Option = 'application' | 'title' | 'bearer' | 'signed' | 'expires';

/** Which options a command takes. */
const TAKES: Readonly<Record<Command, readonly Option[]>> = {
  create: ['application', 'title', 'bearer', 'signed', 'expires'],
  list: ['application'],
  revoke: [],
};

const OPTIONS = {
  application: { type: 'string' },
  title: { type: 'string' },
  bearer: { type: 'boolean' },
  signed: { type: 'boolean' },
  expires: { type: 'string' },
} as const satisfies Record<Option, object>;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads the words after `npm run keys --`. Undefined: there are none.
 *
 * @throws Refusal naming every fault and what to write instead.
 */
export const readKeysRequest = (words: readonly string[], now: Date): KeysRequest | undefined => {
  if (words.length === 0) return undefined;
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [command = '', ...more] = positionals;
  if (!isCommand(command)) throw new Refusal(`Expected create, list or revoke\n\n${KEYS_USAGE}`);
  const faults = optionFaults(command, tokens);
  const request = READERS[command]({ values, more, faults, now });
  if (command !== 'revoke' && more.length > 0) {
    faults.push(`${command} takes no further words: write texts of several words in quotes`);
  }
  if (faults.length > 0) throw new Refusal(faults.join('\n'));
  return request;
};

/** What is wrong with the options whatever their values are. */
const optionFaults = (command: Command, tokens: ReturnType<typeof parseArgs>['tokens']): string[] => {
  const seen = new Set<string>();
  return (tokens ?? []).flatMap((token) => {
    if (token.kind !== 'option') return [];
    const { name, rawName, value } = token;
    const isRepeated = seen.has(name);
    seen.add(name);
    if (!TAKES[command].some((option) => option === name)) return [`${command} takes no ${rawName}`];
    if (isRepeated) return [`${rawName} is given twice: give it once`];
    const isSwitch = OPTIONS[name as Option].type === 'boolean';
    return isSwitch && value !== undefined ? [`${rawName} takes no value: write ${rawName} alone`] : [];
  });
};

/** What a command is read from; faults are added. */
interface Words {
  readonly values: Readonly<Record<string, unknown>>;
  /** The words after the command that belong to no option. */
  readonly more: readonly string[];
  readonly faults: string[];
  readonly now: Date;
}

const optionOf = <T>({ values, faults }: Words, option: Option, schema: z.ZodType<T>, expected: string): T => {
  const { success, data } = schema.safeParse(values[option]);
  if (!success) {
    faults.push(`--${option} is ${values[option] === undefined ? 'missing' : 'refused'}: expected ${expected}`);
  }
  // A fault was told then, and nobody gets what was read.
  return data as T;
};

const APPLICATION = 'the number of an Application, such as 1';
const TITLE = 'up to 100 characters that say who uses the key, such as "Web shop"';
const EXPIRES = 'a day such as 2027-01-31 or a moment such as 2027-01-31T18:00:00Z';

const READERS: Readonly<Record<Command, (words: Words) => KeysRequest>> = {
  create: (words) => {
    const { values, faults, now } = words;
    const application = optionOf(words, 'application', Application, APPLICATION);
    const title = optionOf(words, 'title', Title, TITLE);
    const expires = optionOf(words, 'expires', Expires.optional(), EXPIRES);
    if (expires && expires <= now) faults.push(`--expires is in the past: expected a time after ${now.toISOString()}`);
    if (values.bearer && values.signed) faults.push('--signed goes with an API key, not with --bearer: leave one out');
    const kind = values.bearer ? 'bearer' : 'apiKey';
    const signs = values.signed === true;
    return { command: 'create', kind, application, title, signs, ...(expires && { expires }) };
  },
  list: (words) => {
    const application = optionOf(words, 'application', Application.optional(), APPLICATION);
    return { command: 'list', ...(application !== undefined && { application }) };
  },
  revoke: ({ more, faults }) => {
    const [id = ''] = more;
    if (more.length !== 1 || !/^[\da-f]{12}$/.test(id)) {
      faults.push('revoke takes the id of one key, 12 digits and letters: npm run keys -- list shows it');
    }
    return { command: 'revoke', id };
  },
};

const isCommand = (word: string): word is Command => Object.hasOwn(TAKES, word);

const Application = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number);

// No control characters: the title is printed in tables.
const Title = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u);

const Expires = z.union([
  z.iso.date().transform((day) => new Date(Date.parse(day) + DAY_MS)),
  z.iso.datetime({ offset: true }).transform((moment) => new Date(moment)),
]);
