import * as z from 'zod';
import type { Shop } from '../commerce/shops.ts';
import type { Words } from './ops-options.ts';
import { PLATFORM_NAMES } from './platforms.ts';

/** What `npm run ops` is asked to do with a shop. */
export type ShopRequest =
  | {
      readonly command: 'backfill';
      readonly shop: string;
      /** Where the pictures come from: a file of them, or the platform since then. */
      readonly from: { readonly file: string; readonly platform?: Shop['platform'] } | { readonly since: Date };
      readonly rate: number;
      readonly effects?: 'none';
      readonly yes: boolean;
    }
  | {
      readonly command: 'reconcile';
      readonly shop: string;
      readonly since?: Date;
      readonly rate: number;
      readonly repair: boolean;
      readonly yes: boolean;
    }
  | {
      readonly command: 'connect';
      readonly platform: Shop['platform'];
      readonly shop: string;
      readonly url?: string;
      readonly waits: boolean;
    }
  | { readonly command: 'doctor'; readonly shop: string };

/** Options that only these commands take. */
export const SHOP_OPTIONS = {
  since: { type: 'string' },
  platform: { type: 'string' },
  'no-effects': { type: 'boolean' },
  repair: { type: 'boolean' },
  url: { type: 'string' },
  'no-wait': { type: 'boolean' },
} as const;

/** How they are written. */
export const SHOP_USAGE = `npm run ops -- backfill <shop> --since <date> [--rate <per second>] [--no-effects] [--yes]
npm run ops -- backfill <file> --shop <shop> [--platform <platform>] [--rate <per second>] [--no-effects] [--yes]
npm run ops -- reconcile <shop> [--since <date>] [--rate <per second>] [--repair] [--yes]
npm run ops -- connect <platform> --shop <shop> [--url <address>] [--no-wait]
npm run ops -- doctor --shop <shop>`;

const SHOP = 'the name of a shop in shops.yaml';
const SINCE = 'a day such as 2026-01-31 (UTC) or a moment such as 2026-01-31T18:00:00+01:00';
const URL_TEXT = 'the address of the API, such as https://abc.execute-api.eu-west-1.amazonaws.com';

const ShopName = z.string().regex(/^[a-z0-9-]{1,40}$/);
const PlatformName = z.enum(PLATFORM_NAMES);
const Since = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((text) => new Date(text));
const Address = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

const optionOf = <T>({ values, faults }: Words, name: string, schema: z.ZodType<T>, expected: string): T => {
  const { success, data } = schema.safeParse(values[name]);
  if (!success) {
    faults.push(`--${name} is ${values[name] === undefined ? 'missing' : 'refused'}: expected ${expected}`);
  }
  // A fault was told then, and nobody gets what was read.
  return data as T;
};

const wordOf = <T>({ more, faults }: Words, schema: z.ZodType<T>, fault: string): T => {
  const { success, data } = schema.safeParse(more[0]);
  if (!success || more.length !== 1) faults.push(fault);
  return data as T;
};

/** Reads the words of `backfill`: the shop's own API with `--since`, a file with `--shop`. */
export const readBackfill = (words: Words, rate: number): ShopRequest => {
  const { values, faults } = words;
  const more = {
    rate,
    ...(values['no-effects'] === true && { effects: 'none' as const }),
    yes: values.yes === true,
  };
  if (values.shop === undefined) {
    const shop = wordOf(words, ShopName, `backfill takes ${SHOP}, or a file and --shop`);
    const since = optionOf(words, 'since', Since, SINCE);
    if (values.platform !== undefined) faults.push('--platform goes with a file: leave it out');
    return { command: 'backfill', shop, from: { since }, ...more };
  }
  const file = wordOf(words, z.string().min(1), 'backfill takes one file beside --shop');
  const shop = optionOf(words, 'shop', ShopName, SHOP);
  const platform = optionOf(words, 'platform', PlatformName.optional(), `one of ${PLATFORM_NAMES.join(', ')}`);
  if (values.since !== undefined) faults.push('--since goes with a shop, not with a file: leave it or --shop out');
  return { command: 'backfill', shop, from: { file, ...(platform && { platform }) }, ...more };
};

/** Reads the words of `reconcile`. */
export const readReconcile = (words: Words, rate: number): ShopRequest => {
  const { repair, yes } = words.values;
  const shop = wordOf(words, ShopName, `reconcile takes ${SHOP}`);
  const since = optionOf(words, 'since', Since.optional(), SINCE);
  if (yes && !repair) words.faults.push('--yes goes with --repair: without that nothing is changed');
  return {
    command: 'reconcile',
    shop,
    ...(since && { since }),
    rate,
    repair: repair === true,
    yes: yes === true,
  };
};

/** Reads the words of `connect`. */
export const readConnect = (words: Words): ShopRequest => {
  const platform = wordOf(words, PlatformName, `connect takes one of ${PLATFORM_NAMES.join(', ')}`);
  const shop = optionOf(words, 'shop', ShopName, 'a name for the shop: lower-case letters, digits and dashes');
  const url = optionOf(words, 'url', Address.optional(), URL_TEXT);
  const waits = words.values['no-wait'] !== true;
  return { command: 'connect', platform, shop, ...(url !== undefined && { url }), waits };
};

/** Reads the words of `doctor`. */
export const readDoctor = (words: Words): ShopRequest => {
  if (words.more.length > 0) words.faults.push('doctor takes no further words: name the shop with --shop');
  return { command: 'doctor', shop: optionOf(words, 'shop', ShopName, SHOP) };
};
