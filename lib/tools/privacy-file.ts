import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { Refusal } from './refusal.ts';

/** A request of a file, as far as its line says it. */
export interface FileRequest {
  readonly profile: string;
  readonly aliases?: readonly string[];
  readonly reference?: string;
  readonly kind?: 'erasure' | 'access';
  readonly environment?: 'live' | 'sandbox';
  readonly regulation?: 'gdpr' | 'ccpa';
  readonly received?: Date;
}

/** What a file of requests holds: all of it, or what is wrong with it. */
export interface RequestFile {
  readonly requests: readonly { readonly line: number; readonly request: FileRequest }[];
  /** By line; never a line's content, which names a person. */
  readonly faults: readonly string[];
}

const Profile = z.string().min(1).max(1000);

const Line = z.strictObject({
  profile: Profile,
  aliases: z.array(Profile).optional(),
  reference: z.string().trim().min(1).max(200).optional(),
  kind: z.enum(['erasure', 'access']).optional(),
  environment: z.enum(['live', 'sandbox']).optional(),
  regulation: z.enum(['gdpr', 'ccpa']).optional(),
  received: z
    .union([z.iso.date().transform((day) => `${day}T00:00:00Z`), z.iso.datetime({ offset: true })])
    .transform((moment) => new Date(moment))
    .optional(),
});

const MOST_FAULTS = 20;

/**
 * Reads a file whose lines are profile ids or JSON objects with `profile` and what else differs from the command's
 * options. All of it is read before anything is done: a file with a fault is refused as a whole.
 *
 * @throws Refusal when there is no such file.
 */
export const readRequestFile = async (file: string, now: Date): Promise<RequestFile> => {
  await stat(file).catch(() => {
    throw new Refusal(`${file} does not exist`);
  });
  const requests: { line: number; request: FileRequest }[] = [];
  const faults: string[] = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === '') continue;
    const read = Line.safeParse(contentOf(text));
    if (!read.success) faults.push(`  line ${line}: ${faultsIn(read.error)}`);
    else if (read.data.received && read.data.received > now) faults.push(`  line ${line}: received: is in the future`);
    else requests.push({ line, request: definedOf(read.data) });
  }
  if (faults.length > MOST_FAULTS)
    faults.splice(MOST_FAULTS, faults.length, `  and ${faults.length - MOST_FAULTS} more`);
  if (line === 0 || (requests.length === 0 && faults.length === 0)) faults.push('  it holds no request');
  return { requests, faults };
};

/** A line that begins as an object is one; any other is a profile id, blanks and quotes included. */
const contentOf = (text: string): unknown => {
  if (!text.trimStart().startsWith('{')) return { profile: text };
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const faultsIn = ({ issues }: z.ZodError): string =>
  issues
    .map(
      ({ path, code, message }) =>
        `${path.join('.') || 'the line'}: ${code === 'unrecognized_keys' ? 'has fields that nobody knows' : message}`,
    )
    .join('; ');

/** What a line leaves out is what the command says. */
const definedOf = (line: z.output<typeof Line>): FileRequest =>
  Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as unknown as FileRequest;
