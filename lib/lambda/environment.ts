import * as z from 'zod';
import { ConfigurationError } from '../contract/errors.ts';

const prefixed = <const Kind extends string>(kind: Kind) =>
  z
    .templateLiteral([`${kind}:`, z.string().min(1)])
    .transform((text) => ({ kind, value: text.slice(kind.length + 1) }));

const queue = { schema: () => z.url({ protocol: /^https?$/ }), set: 'the address of the queue' };

/** Every variable that a function reads: what it must be, made when it is read, and what to set it to. */
const VARIABLES = {
  STAGE: { schema: () => z.string().regex(/^[\w-]{1,40}$/), set: 'the name of the stage, such as local or prod' },
  ACCOUNT_ID: {
    schema: () =>
      z
        .string()
        .regex(/^[1-9]\d{0,8}$/)
        .default('1')
        .transform(Number),
    set: 'a positive whole number (default 1)',
  },
  STORE: {
    schema: () => z.union([prefixed('sqlite'), prefixed('dynamodb')]),
    set: 'sqlite:<path of a file> or dynamodb:<name of a table>',
  },
  KEY_SECRET: { schema: () => z.string().min(16), set: 'a secret text of 16 characters or more that never changes' },
  SHOPS_FILE: { schema: () => z.string().min(1), set: 'the path of the compiled shops file (JSON)' },
  SECRETS: {
    schema: () => z.union([prefixed('file'), prefixed('ssm')]),
    set: 'ssm:<prefix of the parameter names>, or file:<path of a JSON file> in the local stage',
  },
  INTEGRATION_API_URL: {
    schema: () => z.url({ protocol: /^https?$/ }).optional(),
    set: 'the address of the hosted Integration API, or nothing where no Application is hosted',
  },
  INBOX_QUEUE_URL: queue,
  OUTBOX_QUEUE_URL: queue,
  EFFECTS_QUEUE_URL: queue,
  MAX_BODY_BYTES: {
    schema: () =>
      z
        .string()
        .regex(/^[1-9]\d{0,8}$/)
        .default(String(5 * 1024 * 1024))
        .transform(Number),
    set: 'a number of bytes (default 5 MiB)',
  },
} as const;

/** A variable that functions read. */
export type VariableName = keyof typeof VARIABLES;

/** The variables as they are used. */
export type Environment = { readonly [Name in VariableName]: z.output<ReturnType<(typeof VARIABLES)[Name]['schema']>> };

/**
 * The given variables as they stand now, unread: one text that differs when one of them does.
 */
export const environmentText = (names: readonly VariableName[], env: NodeJS.ProcessEnv = process.env): string =>
  names.map((name) => `${name}=${env[name] ?? ''}`).join('\n');

/**
 * Reads the given variables, and demands no others: a function is told only what it needs.
 *
 * @throws ConfigurationError naming every variable that is missing or refused, and what to set it to; never its value.
 */
export const readEnvironment = <Name extends VariableName>(
  names: readonly Name[],
  env: NodeJS.ProcessEnv = process.env,
): Pick<Environment, Name> => {
  const faults: string[] = [];
  const values = names.map((name) => {
    const { schema, set } = VARIABLES[name];
    const text = env[name] || undefined;
    const read = schema().safeParse(text);
    if (!read.success) faults.push(`${name} is ${text === undefined ? 'not set' : 'refused'}: set it to ${set}`);
    return [name, read.data];
  });
  if (faults.length > 0) throw new ConfigurationError(faults.join('; '));
  return Object.fromEntries(values) as Pick<Environment, Name>;
};

/** The stage whose lines are counted; none locally, where people read them, and none in tests. */
export const countedStage = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env.STAGE === 'local' ? undefined : env.STAGE || undefined;
