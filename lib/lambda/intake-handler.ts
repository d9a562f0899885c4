import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { CommerceEvent, Delivery } from '../commerce/event.ts';
import type { Platform } from '../commerce/platform.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import { InvalidRequestError, UnauthorizedError } from '../contract/errors.ts';
import { type EnqueueDeps, enqueueEvent } from '../inbox/enqueue.ts';
import { inGroups } from '../inbox/groups.ts';
import { ParkError } from '../inbox/park.ts';
import type { IncomingMessage } from '../inbox/queue.ts';
import { type Outcome, type SettleDeps, settle } from '../inbox/settle.ts';
import { log, now, openAccountId, openQueue, openSegment, openStore } from './deps.ts';
import type { Logger } from './logger.ts';
import { openShops } from './shops.ts';
import { batchAnswer, incoming, timeLeft } from './sqs-batch.ts';

/** A delivery that came by a queue. */
export interface Brought {
  readonly delivery: Delivery;
  /**
   * Those of the platform's shops that it can be from, where something beside the body says so.
   *
   * @throws ConfigurationError when shops.yaml leaves open which: the message waits.
   */
  among?(shops: Shops): Shops;
}

/**
 * Takes the delivery out of a queue message; undefined when it is not this platform's.
 *
 * @throws InvalidRequestError naming every fault.
 */
export type Unwrap = (body: Uint8Array) => Brought | undefined;

/** A platform that delivers by queue. Nothing is signed there: who may send is the queue's policy. */
export interface Source {
  readonly platform: Pick<Platform, 'name' | 'interpret'>;
  /** @default the message's body is the delivery's */
  readonly unwrap?: Unwrap;
}

/** What an intake works with. */
export interface IntakeDeps extends EnqueueDeps, SettleDeps {
  readonly shops: Shops;
  readonly log: Logger;
}

const openIntake = async (): Promise<IntakeDeps> => {
  const [shops, inbox, segment, store, accountId] = await Promise.all([
    openShops(),
    openQueue('INBOX_QUEUE_URL'),
    openSegment(),
    openStore(),
    openAccountId(),
  ]);
  return { shops, inbox, segment, store, accountId, now, log };
};

/**
 * What can never be read is parked as it came. Whose it is nobody can tell, so no erasure finds it: it is kept as long as a
 * dead letter would be.
 */
const PARKED_DAYS = 14;

/**
 * The Lambda handler of a queue that platforms deliver to: each message becomes events in the inbox, at least once; from
 * there on they are applied once and in order. A message that cannot be queued comes again; one that can never be read, or
 * that none of the shops has sent, is parked with its reason.
 *
 * The handler never throws, whatever the event and whatever fails.
 */
export const intakeHandler =
  (sources: readonly Source[], open: () => Promise<IntakeDeps> = openIntake) =>
  async (event: unknown, context?: Context): Promise<SQSBatchResponse> => {
    const messages = incoming(event);
    try {
      const deps = await open();
      const failed = await inGroups(messages, {
        mayBegin: timeLeft(context),
        postpone: ({ id }, why) => deps.log.info('intake', { id, outcome: 'postponed', reason: why }),
        handle: (message) => handle(message, sources, deps),
      });
      return batchAnswer(failed);
    } catch (error) {
      log.error('intake', { outcome: 'failed', count: messages.length, error });
      return batchAnswer(messages.map(({ id }) => id));
    }
  };

const handle = async (message: IncomingMessage, sources: readonly Source[], deps: IntakeDeps): Promise<boolean> => {
  let told: object = {};
  const work = async (): Promise<Outcome> => {
    const { platform, brought } = sourceOf(Buffer.from(message.body), sources);
    const { name, shop, events } = readBy(platform, brought, deps);
    told = { platform: platform.name, shop: name, count: events.length, ...(events[0] && { delivery: events[0].id }) };
    // After a crash here some are queued and the message comes again: those are dropped then, by their names.
    await Promise.all(events.map((each) => enqueueEvent(each, shop, deps)));
    return events.length > 0 ? { outcome: 'queued' } : { outcome: 'ignored', reason: 'nothing that is followed' };
  };
  const outcome = await settle(message, work, async () => undefined, { ...deps, parkedDays: PARKED_DAYS });
  const { error } = outcome;
  (error === undefined ? deps.log.info : deps.log.error)('intake', { id: message.id, ...told, ...outcome });
  return outcome.outcome !== 'failed';
};

const whole: Unwrap = (body) => ({ delivery: { method: 'POST', query: {}, headers: {}, body } });

const sourceOf = (body: Uint8Array, sources: readonly Source[]) => {
  for (const { platform, unwrap = whole } of sources) {
    const brought = readable(() => unwrap(body));
    if (brought) return { platform, brought };
  }
  throw new ParkError('unreadable', 'it is of no platform that this queue takes');
};

interface Read {
  readonly name: string;
  readonly shop: Shop;
  readonly events: readonly CommerceEvent[];
}

/** What the delivery says, as read by the one shop that it can be from. @throws ParkError */
const readBy = (platform: Source['platform'], { delivery, among }: Brought, { shops, segment }: IntakeDeps): Read => {
  const pseudonym = (identifier: string) => segment('guest', identifier);
  const all: Shops = new Map([...shops].filter(([, shop]) => shop.platform === platform.name));
  const read = [...(among?.(all) ?? all)].flatMap(([name, shop]): Read[] => {
    const events = own(() => platform.interpret(delivery, { name, shop, pseudonym }));
    return events ? [{ name, shop, events }] : [];
  });
  const [one, other] = read;
  if (!one) throw new ParkError('unknown-shop', 'none of the shops in shops.yaml has sent it');
  if (other) throw new ParkError('unknown-shop', `it can be from ${one.name} and from ${other.name} of shops.yaml`);
  return one;
};

/** Undefined where the body names another shop. */
const own = <T>(interpret: () => T): T | undefined => {
  try {
    return readable(interpret);
  } catch (error) {
    if (error instanceof UnauthorizedError) return undefined;
    throw error;
  }
};

const readable = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const faults = (error.issues ?? []).map(({ title, details, source }) =>
      [title, details, ...Object.values(source)].filter(Boolean).join(' '),
    );
    throw new ParkError('unreadable', [error.message, ...faults].join('; '));
  }
};
