import * as z from 'zod';
import { ConfigurationError } from '../contract/errors.ts';

/** The hosted account that answers for an Application in place of the embedded engine (design.md decision 21). */
const Remote = z.strictObject({
  /** Where its Integration API is; default: what INTEGRATION_API_URL says. */
  url: z
    .url({ protocol: /^https?$/ })
    .regex(/^[^@?#]*$/, 'expected scheme, host, port and path only')
    .optional(),
  /** Name of the secret that holds the Application's API key. */
  secret: z
    .string()
    .regex(/^remote[-_/.\w]*$/, 'begin its name with "remote": functions may read no other secret for this'),
  /** Whose profiles it shares: those of the live Applications, or of the sandboxes. */
  environment: z.enum(['live', 'sandbox']).default('live'),
});
export type Remote = z.output<typeof Remote>;

/** The part of shops.yaml that speaks of Applications, by their ids. */
export const Applications = z.record(z.string().regex(/^[1-9]\d{0,8}$/), z.strictObject({ remote: Remote }));

const File = z.looseObject({ applications: Applications.prefault({}) });

/**
 * Reads which Applications a hosted account answers for, from the shops file's content.
 *
 * @throws ConfigurationError naming every fault with its path.
 */
export const readRemotes = (content: unknown): ReadonlyMap<number, Remote> => {
  const read = File.safeParse(content);
  if (read.success) {
    return new Map(Object.entries(read.data.applications).map(([id, { remote }]) => [Number(id), remote]));
  }
  const faults = read.error.issues.map((issue) => `  ${issue.path.join('.') || '(file)'}: ${issue.message}`);
  throw new ConfigurationError(`shops.yaml is refused:\n${faults.join('\n')}`);
};
