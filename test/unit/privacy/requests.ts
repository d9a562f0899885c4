import { advance, type Happening } from '../../../lib/privacy/advance.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import type { Checked } from '../../../lib/privacy/targets/target.ts';

export const RECEIVED = new Date('2026-03-02T09:00:00Z');

/** A request as it was accepted; override what matters. */
export const accepted = (over: Partial<PrivacyRequest> = {}): PrivacyRequest => ({
  v: 1,
  id: 'request-1',
  kind: 'erasure',
  source: 'officer',
  environment: 'live',
  regulation: 'gdpr',
  subject: 'keyed-hash-of-the-person',
  sealed: 'sealed-person',
  received: RECEIVED.toISOString(),
  legal: '2026-04-03T00:00:00.000Z',
  safe: '2026-03-30T09:00:00.000Z',
  notBefore: '2026-03-02T09:15:00.000Z',
  status: 'pending',
  targets: {},
  checks: [],
  resurrections: 0,
  alarmed: [],
  log: [{ at: RECEIVED.toISOString(), status: 'pending' }],
  next: '2026-03-02T09:15:00.000Z',
  receipts: [],
  ...over,
});

const HOUR = 3_600_000;

/** So many hours after receipt. */
export const after = (hours: number): Date => new Date(RECEIVED.getTime() + hours * HOUR);

/** What happens to a request, with the hours after receipt at which it does. */
export type Story = readonly (readonly [number, Happening])[];

/** The request after all of it. */
export const lived = (story: Story, request = accepted()): PrivacyRequest =>
  story.reduce((now, [hours, happening]) => advance(now, happening, after(hours)), request);

/** Erased from these targets, an hour after receipt. */
export const erasedFrom = (...targets: readonly string[]): Story => [
  [1, { kind: 'begun', targets }],
  ...targets.map(
    (target) =>
      [1, { kind: 'erased', target, result: { outcome: 'confirmed', counts: { profile: 1 } } }] satisfies Story[number],
  ),
];

/** Read back from these targets. */
export const checkedIn = (hours: number, targets: readonly string[], found: Checked = 'absent'): Story[number] => [
  hours,
  { kind: 'checked', found: Object.fromEntries(targets.map((target) => [target, found])) },
];
