import { mkdir } from 'node:fs/promises';
import { Server } from 'node:net';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { LOCAL_ACCOUNT, type LocalQueue } from './cloudformation.ts';

/** The local queues, in this process. */
export interface LocalSqs {
  readonly endpoint: string;
  readonly client: SQSClient;
  queueUrl(name: string): string;
  /** The messages that a receive could give now or once their group is free, in order. */
  waiting(name: string): readonly WaitingMessage[];
  /** When a message that somebody holds is available again, in milliseconds since 1970; undefined when nobody does. */
  heldUntil(name: string, receipt: string): number | undefined;
  /** Ends the server; messages stay on disk. */
  stop(): Promise<void>;
}

/** A message that is in the queue and not in anyone's hands. */
export type WaitingMessage = NonNullable<ReturnType<FauxqsServer['inspectQueue']>>['messages']['ready'][number];

/** fauxqs listens on every interface and has no option for it. */
const onLoopback = async <T>(start: () => Promise<T>): Promise<T> => {
  const { listen } = Server.prototype;
  const listenLocally = function (this: Server, ...args: unknown[]) {
    const [first, ...rest] = args;
    const options = typeof first === 'object' && first !== null ? { ...first, host: '127.0.0.1' } : first;
    return Reflect.apply(listen, this, [options, ...rest]);
  };
  Server.prototype.listen = listenLocally as typeof listen;
  try {
    return await start();
  } finally {
    Server.prototype.listen = listen;
  }
};

/**
 * Starts a queue server on 127.0.0.1 that keeps its messages in `dataDir`, and makes the queues that are missing.
 *
 * What the previous process had received and not finished is available within a second: whoever held it is gone.
 *
 * @param at `port` 0 takes any free port; without `dataDir` messages are kept in memory only.
 */
export const startSqs = async (
  queues: readonly LocalQueue[],
  at: { port: number; region: string; dataDir?: string },
): Promise<LocalSqs> => {
  if (at.dataDir) await mkdir(at.dataDir, { recursive: true });
  const server = await onLoopback(() =>
    startFauxqs({
      port: at.port,
      logger: false,
      defaultRegion: at.region,
      ...(at.dataDir && { dataDir: at.dataDir }),
    }),
  );
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new SQSClient({
    endpoint,
    region: at.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const queueUrl = (name: string) => `${endpoint}/${LOCAL_ACCOUNT}/${name}`;
  for (const { name, attributes } of queues) {
    server.setup({ queues: [{ name, attributes: { ...attributes } }] });
    for (const { receiptHandle } of server.inspectQueue(name)?.messages.inflight ?? []) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl(name),
          ReceiptHandle: receiptHandle,
          // Not 0: on a persistent queue fauxqs fails at that, with the message half moved.
          VisibilityTimeout: 1,
        }),
      );
    }
  }
  return {
    endpoint,
    client,
    queueUrl,
    waiting: (name) => server.inspectQueue(name)?.messages.ready ?? [],
    heldUntil: (name, receipt) =>
      server.inspectQueue(name)?.messages.inflight.find(({ receiptHandle }) => receiptHandle === receipt)
        ?.visibilityDeadline,
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
};
