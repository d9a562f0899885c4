import { metricFields } from './metrics.ts';

/**
 * What a log line may hold beside its message: this list is closed, so that no body, header or secret gets into a log by
 * mistake. All of it is ids, counts and fixed texts.
 */
export interface LogFields {
  readonly id?: string;
  readonly requestId?: string;
  readonly operation?: string;
  readonly application?: number;
  readonly platform?: string;
  readonly shop?: string;
  readonly delivery?: string;
  readonly type?: string;
  readonly session?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly steps?: number;
  readonly state?: string;
  readonly status?: number;
  readonly bytes?: number;
  readonly count?: number;
  /** How long a message waited before it was worked on, in milliseconds. */
  readonly lagMs?: number;
  /** Told with its stack, or its name and text. */
  readonly error?: unknown;
}

/** Says what happens, a line each. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  /** For what somebody should look at. */
  error(message: string, fields?: LogFields): void;
}

/**
 * Writes each line as JSON to standard output, where AWS Lambda picks it up.
 *
 * @param stage counts the lines for its metrics; without one nothing is counted.
 */
export const jsonLogger = (
  write: (line: string) => void = (line) => process.stdout.write(line),
  now: () => Date = () => new Date(),
  stage?: string,
): Logger => {
  const line =
    (level: 'info' | 'error') =>
    (message: string, { error, ...fields }: LogFields = {}): void => {
      const at = now();
      const told = { level, message, at: at.toISOString(), ...fields };
      const counted = stage === undefined ? {} : metricFields(message, fields, stage, at);
      write(`${JSON.stringify({ ...told, ...(error !== undefined && { error: described(error) }), ...counted })}\n`);
    };
  return { info: line('info'), error: line('error') };
};

const described = (error: unknown): string => {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const cause = error.cause instanceof Error ? `\ncaused by ${described(error.cause)}` : '';
  return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`;
};
