import * as z from 'zod';
import { secretNames } from './secret-names.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const isSecure = (text: string): boolean => {
  const url = URL.parse(text);
  return url?.protocol !== 'http:' || LOOPBACK.test(url.hostname);
};

const hasCredentials = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && url.username + url.password !== '';
};

/** A receiver of Standard Webhooks. */
const Webhook = z.strictObject({
  /** Where each publication is posted to. Private addresses are refused when it is resolved. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine(isSecure, 'use https: http is for a receiver on this machine, in the local stage')
    .refine((url) => !hasCredentials(url), 'leave out user and password: each request is signed'),
  /** Names of the secrets that sign: the current one, then the previous one during a rotation; each signs. */
  secrets: secretNames(
    z
      .string()
      .regex(/^effects[-_/.\w]*$/, 'begin its name with "effects": the publisher may read no other secret for this'),
  ).min(1),
});
export type Webhook = z.output<typeof Webhook>;

/** Where the effects of a shop's events go: the stage's effects queue, nowhere, or a receiver of Standard Webhooks. */
export const EffectsTarget = z.union([z.enum(['queue', 'none']), z.strictObject({ webhook: Webhook })]);
