import type { Shop } from '../commerce/shops.ts';
import { type LastDelivery, lastDelivery } from '../inbox/last-delivery.ts';
import type { OpsDeps } from './ops-deps.ts';
import { shortText } from './table.ts';

/** What a log line tells of a shop's deliveries. */
export interface Hearing {
  /** Whether a delivery was verified. */
  readonly arrived: boolean;
  readonly text: string;
}

const SHORT = 80;

/**
 * What a line of the functions' log says to someone who waits for the first delivery; undefined when it concerns something
 * else. What is refused is not known to be the shop's: anyone may knock, so the line is told and the waiting goes on.
 */
export const hearingOf = (line: string, platform: Shop['platform'], shop: string): Hearing | undefined => {
  const entry = fieldsOf(line);
  if (entry.message !== 'webhook' || entry.platform !== platform) return undefined;
  if (entry.outcome === 'refused') return { arrived: false, text: REFUSED(entry) };
  if (entry.shop !== shop) return undefined;
  switch (entry.outcome) {
    case 'queued':
      return {
        arrived: true,
        text: `✓ a delivery arrived, signed as it should be (${textOf(entry.type)}). Next: npm run ops -- trace ${textOf(entry.delivery)}`,
      };
    case 'ignored':
      return { arrived: true, text: '✓ a delivery arrived, signed as it should be, of a topic that is not followed' };
    default:
      return {
        arrived: false,
        text: `✗ a delivery arrived and was not queued: ${textOf(entry.reason)}; it comes again`,
      };
  }
};

const REFUSED = ({ status, reason }: Readonly<Record<string, unknown>>): string => {
  if (status === 401) {
    return '✗ a delivery was refused, 401: the secret is another, the shopId is, or the address names another shop';
  }
  return `✗ a delivery was refused, ${textOf(status)} ${textOf(reason)}: its body is not what the platform documents`;
};

/** How often it is looked whether something came. */
const LOOK_MS = 3_000;

/**
 * Waits until the inbox has worked on another delivery of a shop than it had when this was called, and says what came of
 * it: where no log can be read. It ends with the first one.
 */
export const firstDelivery = async (
  shop: string,
  deps: Pick<OpsDeps, 'store' | 'accountId' | 'wait'>,
): Promise<string> => {
  const before = await lastDelivery(shop, deps);
  for (;;) {
    await deps.wait(LOOK_MS);
    const last = await lastDelivery(shop, deps);
    if (last && last.at !== before?.at) return whatCame(last);
  }
};

const whatCame = ({ delivery, type, outcome, reason }: LastDelivery): string => {
  const came = `a delivery arrived, was let in (${type}) and is ${outcome}${reason === undefined ? '' : `: ${reason}`}`;
  const isWell = outcome !== 'parked' && outcome !== 'failed';
  return `${isWell ? '✓' : '✗'} ${shortText(came, 300)}. Next: npm run ops -- trace ${delivery}`;
};

const textOf = (value: unknown): string => shortText(String(value ?? ''), SHORT);

const fieldsOf = (line: string): Readonly<Record<string, unknown>> => {
  try {
    const fields: unknown = JSON.parse(line);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};
