import type { Remote } from '../commerce/applications.ts';
import type { Shops } from '../commerce/shops.ts';
import type { Secrets } from '../lambda/secrets.ts';
import type { CheckedQueue } from '../lambda/sqs-queue.ts';
import type { Segment } from '../store/segment.ts';
import type { Store } from '../store/store.ts';
import type { Depth } from './queue-depths.ts';

/** The inbox, as far as the commands use it. */
export type InboxQueue = Pick<CheckedQueue, 'send' | 'waiting'>;

/** What the shops file says. */
export interface ShopSettings {
  readonly shops: Shops;
  /** Applications that a hosted account answers for. */
  readonly remotes: ReadonlyMap<number, Remote>;
}

/** What is opened for `npm run ops`, once its words are in order. */
export interface OpenedOps {
  /** Closed afterwards. */
  readonly store: Store;
  readonly accountId: number;
  /** @throws Refusal when there is no KEY_SECRET. */
  segment(): Segment;
  /** @throws Refusal or ConfigurationError (rejects) when it is not known where the inbox is. */
  inbox(): Promise<InboxQueue>;
  /** What the stage's queues hold. @throws as `inbox` does, and what a queue answers that cannot be asked. */
  depths(): Promise<readonly Depth[]>;
  /** The names of the shops, where the shops file can be read here. */
  shops(): Promise<readonly string[] | undefined>;
  /** @throws Refusal (rejects) when there is no shops file here. */
  settings(): Promise<ShopSettings>;
  /** The stage's secrets. @throws ConfigurationError (rejects) when it is not known where they are. */
  secrets(): Promise<Secrets>;
  /** Where the stage's functions are called; undefined where that is not known here. */
  readonly address: string | undefined;
  /** The log lines of the functions from now on; undefined where they cannot be read here. */
  readonly logLines: (() => AsyncIterable<string>) | undefined;
}

/** What `npm run ops` works with. */
export interface OpsDeps extends OpenedOps {
  now(): Date;
  print(text: string): void;
  /** Shows how far it is, in place of what it showed before. */
  show(text: string): void;
  /** Makes the command end with exit code 1: it did its work, and what it found is not well. */
  fail(): void;
  readonly fetch: typeof fetch;
  /** Lets time pass. */
  wait(milliseconds: number): Promise<void>;
}
