import type { Queue } from '../inbox/queue.ts';
import type { Segment } from '../store/segment.ts';
import type { Store } from '../store/store.ts';

/** What is opened for `npm run ops`, once its words are in order. */
export interface OpenedOps {
  /** Closed afterwards. */
  readonly store: Store;
  readonly accountId: number;
  /** @throws Refusal when there is no KEY_SECRET. */
  segment(): Segment;
  /** @throws Refusal or ConfigurationError (rejects) when it is not known where the inbox is. */
  inbox(): Promise<Queue>;
  /** The names of the shops, where the shops file can be read here. */
  shops(): Promise<readonly string[] | undefined>;
}

/** What `npm run ops` works with. */
export interface OpsDeps extends OpenedOps {
  now(): Date;
  print(text: string): void;
  /** Lets time pass. */
  wait(milliseconds: number): Promise<void>;
}
