import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fillState } from './publish.ts';

/** Where a local stack listens, on 127.0.0.1. */
export interface Ports {
  readonly http: number;
  readonly lambda: number;
  readonly sqs: number;
}

/** A running local stack: HTTP, queues and functions in a process of their own. */
export interface Stack {
  readonly ports: Ports;
  /** Calls back with every line that a function logs. */
  onLine(listener: (line: string) => void): void;
  /** Resolves when the process ended, with what it said last when that was not asked for. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Free ports, as the system gives them. */
export const freePorts = async (): Promise<Ports> => {
  const servers = [createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
          });
        }),
    ),
  );
  const [http = 0, lambda = 0, sqs = 0] = ports;
  return { http, lambda, sqs };
};

/** Whether something listens on a port of 127.0.0.1 already. */
export const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });

const LAST_WORDS = 30;

/**
 * Publishes the demo's promotions to the state in `folder` and starts the stack of serverless.yml on it. What the process
 * says goes to `server.log` in that folder; the stack ends when this process does, even when that is killed.
 *
 * @param settings environment variables of the stack, in place of this process's.
 * @throws Error with the last lines of the log when it does not come up.
 */
export const startStack = async (
  folder: string,
  ports: Ports,
  settings: Readonly<Record<string, string>> = {},
): Promise<Stack> => {
  await fillState(folder);
  const child = spawn('osls', ['offline', 'start', '--stage', 'local'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      ...settings,
      LOCAL_STATE: folder,
      PORT: String(ports.http),
      LAMBDA_PORT: String(ports.lambda),
      SQS_PORT: String(ports.sqs),
      AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${ports.sqs}`,
    },
  });
  const lastWords: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  const log = createWriteStream(join(folder, 'server.log'), { flags: 'a' });
  const hear = (line: string) => {
    log.write(`${line}\n`);
    lastWords.push(line);
    if (lastWords.length > LAST_WORDS) lastWords.shift();
  };
  if (child.stdout && child.stderr) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      hear(line);
      for (const listener of listeners) listener(line);
    });
    createInterface({ input: child.stderr }).on('line', hear);
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('close', () => resolve(lastWords.join('\n')));
  });
  await Promise.race([
    ready(child),
    ended.then((words) => {
      throw new Error(`the local stack did not come up:\n${words}`);
    }),
  ]);
  return {
    ports,
    ended,
    onLine: (listener) => listeners.push(listener),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.on('message', (message) => {
      if ((message as { type?: string }).type === 'ready') resolve();
    });
  });
