import type { LogFields } from './logger.ts';

/**
 * What is counted, by what a log line tells. `refused` counts deliveries whose signature or form was refused, `suppressed`
 * what was refused, dropped or done without a person because they were erased, `reconciled` what was found to be missed and
 * sent to the inbox.
 */
export type MetricName =
  | 'received'
  | 'refused'
  | 'applied'
  | 'duplicate'
  | 'stale'
  | 'suppressed'
  | 'parked'
  | 'published'
  | 'reconciled'
  | 'erased'
  | 'deadline'
  | 'breached'
  | 'resurrected'
  | 'braked'
  | 'failed';

const APPLIED: readonly (readonly [outcome: string, name: MetricName])[] = [
  ['applied', 'applied'],
  ['duplicate', 'duplicate'],
  ['stale', 'stale'],
  ['dropped', 'suppressed'],
  ['suppressed', 'suppressed'],
  ['parked', 'parked'],
  ['failed', 'failed'],
];

/** Lines that count, by message and outcome. */
const COUNTED: ReadonlyMap<string, MetricName> = new Map([
  ['webhook queued', 'received'],
  ['webhook ignored', 'received'],
  ['webhook refused', 'refused'],
  ['webhook failed', 'failed'],
  ['intake queued', 'received'],
  ['intake ignored', 'received'],
  ['intake parked', 'parked'],
  ['intake failed', 'failed'],
  ...['inbox', 'queue'].flatMap((message) =>
    APPLIED.map(([outcome, name]): [string, MetricName] => [`${message} ${outcome}`, name]),
  ),
  ['opendsr refused', 'refused'],
  ['opendsr failed', 'failed'],
  ['privacy given up', 'failed'],
  ['request suppressed', 'suppressed'],
  ['request failed', 'failed'],
  ['outbox published', 'published'],
  ['outbox failed', 'failed'],
  // Kept until an operator acts, as what is parked.
  ['outbox stopped', 'parked'],
  ['sweep failed', 'failed'],
  ['reconcile repaired', 'reconciled'],
  ['reconcile failed', 'failed'],
  ...(['erased', 'deadline', 'breached', 'resurrected', 'braked', 'failed'] as const).map(
    (name): [string, MetricName] => [`privacy ${name}`, name],
  ),
]);

/** The namespace of all metrics in Amazon CloudWatch. */
export const NAMESPACE = 'promotion-functions';

/**
 * What makes Amazon CloudWatch count a log line (its embedded metric format): the line's outcome as a count of one, and
 * how long a message waited as `lag`, in milliseconds; by stage. Empty for lines that nothing counts.
 */
export const metricFields = (
  message: string,
  { outcome = '', lagMs }: LogFields,
  stage: string,
  now: Date,
): Readonly<Record<string, unknown>> => {
  const name = COUNTED.get(`${message} ${outcome}`);
  const metrics = [
    ...(name ? [{ Name: name, Unit: 'Count' }] : []),
    ...(lagMs === undefined ? [] : [{ Name: 'lag', Unit: 'Milliseconds' }]),
  ];
  if (metrics.length === 0) return {};
  return {
    stage,
    ...(name && { [name]: 1 }),
    ...(lagMs !== undefined && { lag: lagMs }),
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['stage']], Metrics: metrics }],
    },
  };
};
