/** A message on its way. Nothing in `group` and `deduplicationId` is personal: both are visible to whoever runs the queue. */
export interface OutgoingMessage {
  readonly body: string;
  /** FIFO queues: messages of one group are delivered in order. */
  readonly group?: string;
  /** FIFO queues: a second message with this id within five minutes is accepted and dropped. */
  readonly deduplicationId?: string;
}

/** A queue to send to. */
export interface Queue {
  /** Resolves once the message is durably queued. */
  send(message: OutgoingMessage): Promise<void>;
}

/** A message as a consumer gets it. */
export interface IncomingMessage {
  /** The queue's id of the message; a failed message is reported by it. */
  readonly id: string;
  /** Messages of one group are handled in order; a message of no group has one to itself. */
  readonly group: string | undefined;
  readonly body: string;
  /** When it was sent; undefined when the queue does not say. */
  readonly sentAt: Date | undefined;
  /** FIFO queues: rises within a group; numbers of one length. */
  readonly sequence?: string;
}

/** What the queues take: 1 MiB, less what attributes may need. UTF-8 bytes of a body. */
export const MAX_MESSAGE_BYTES = 1_000_000;
