import * as z from 'zod';
import { ConfigurationError } from '../contract/errors.ts';
import { BusinessCalendar } from './business-calendar.ts';
import { DailyWindow } from './daily-window.ts';

const days = z.int().min(0).max(28);
const Name = z.string().regex(/^[a-z0-9-]{1,40}$/, 'use lower-case letters, digits and dashes, 40 at the most');

/** The part of shops.yaml that speaks of privacy requests. Every field has a default. */
export const Privacy = z.strictObject({
  ...BusinessCalendar.shape,
  /** Days for second thoughts by source, in which a request can be cancelled. A shop's own waiting time is over when it asks. */
  graceDays: z
    .strictObject({ shop: days.default(0), opendsr: days.default(7), officer: days.default(0), queue: days.default(0) })
    .prefault({}),
  /**
   * Minutes between suppression and the first deletion: longer than any function may run, so that none deletes before the
   * calls have ended that had looked before the suppression.
   */
  drainMinutes: z.int().min(0).max(1440).default(15),
  /** The hours in which targets are erased; unset: at any time. A request near its safe date does not wait for them. */
  hours: DailyWindow.optional(),
  /** Brakes: with more than this many requests to erase in one run, or more than this share of all profiles, nothing is deleted. */
  brake: z
    .strictObject({ requests: z.int().min(1).default(50), percent: z.number().positive().max(100).default(5) })
    .prefault({}),
  /** The most requests that one run begins to erase, oldest deadline first, and the most that it tries again; the next run goes on. */
  perRun: z.int().min(1).max(1000).default(25),
  /** Runs look and tell, and delete nothing. */
  dryRun: z.boolean().default(false),
  /** Further systems that hold people's data, by name: each is told of an erasure by a Standard Webhook (webhook-target.ts). */
  targets: z
    .record(
      Name,
      z.strictObject({
        url: z.url({ protocol: /^https?$/ }),
        /** Names of the secrets that sign: the current one, then the previous one during a rotation. */
        secrets: z
          .array(
            z.string().regex(/^erasure[-_/.\w]*$/, 'begin its name with "erasure": no other secret is read for this'),
          )
          .min(1)
          .max(2),
      }),
    )
    .default({}),
  /** Who may use the OpenDSR interface: by name, the name of the secret that is their bearer token. */
  controllers: z
    .record(
      Name,
      z.strictObject({
        secret: z
          .string()
          .regex(/^opendsr[-_/.\w]*$/, 'begin its name with "opendsr": no other secret is read for this'),
        environment: z.enum(['live', 'sandbox']).default('live'),
      }),
    )
    .default({}),
});
export type Privacy = z.output<typeof Privacy>;

const File = z.looseObject({ privacy: Privacy.prefault({}) });

/**
 * Reads the privacy settings from the shops file's content.
 *
 * @throws ConfigurationError naming every fault with its path.
 */
export const readPrivacy = (content: unknown): Privacy => {
  const read = File.safeParse(content);
  if (read.success) return read.data.privacy;
  const faults = read.error.issues.map((issue) => `  ${issue.path.join('.') || '(file)'}: ${issue.message}`);
  throw new ConfigurationError(`shops.yaml is refused:\n${faults.join('\n')}`);
};
