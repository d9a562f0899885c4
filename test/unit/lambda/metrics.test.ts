import { expect, test } from 'vitest';
import { countedStage } from '../../../lib/lambda/environment.ts';
import { jsonLogger, type LogFields } from '../../../lib/lambda/logger.ts';
import { metricFields, NAMESPACE } from '../../../lib/lambda/metrics.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

const counted = (message: string, fields: LogFields) => metricFields(message, fields, 'prod', NOW);

test.each([
  ['webhook', 'queued', 'received'],
  ['webhook', 'ignored', 'received'],
  ['webhook', 'refused', 'refused'],
  ['inbox', 'applied', 'applied'],
  ['inbox', 'duplicate', 'duplicate'],
  ['inbox', 'stale', 'stale'],
  ['inbox', 'dropped', 'suppressed'],
  ['inbox', 'suppressed', 'suppressed'],
  ['queue', 'suppressed', 'suppressed'],
  ['request', 'suppressed', 'suppressed'],
  ['inbox', 'parked', 'parked'],
  ['queue', 'parked', 'parked'],
  ['outbox', 'published', 'published'],
  ['outbox', 'stopped', 'parked'],
  ['intake', 'queued', 'received'],
  ['request', 'failed', 'failed'],
])('a line %s %s counts as %s', (message, outcome, name) => {
  expect(counted(message, { outcome })).toEqual({
    stage: 'prod',
    [name]: 1,
    _aws: {
      Timestamp: NOW.getTime(),
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['stage']], Metrics: [{ Name: name, Unit: 'Count' }] }],
    },
  });
});

test('how long a message waited is told with it', () => {
  const fields = counted('inbox', { outcome: 'applied', lagMs: 1250 }) as Record<string, unknown>;
  expect(fields).toMatchObject({ applied: 1, lag: 1250 });
  expect(JSON.stringify(fields)).toContain('{"Name":"lag","Unit":"Milliseconds"}');
});

test('what nobody counts is a plain line', () => {
  expect(counted('request', { outcome: 'answered' })).toEqual({});
  expect(counted('constructor', { outcome: 'toString' })).toEqual({});
});

test('only a deployed stage counts', () => {
  expect(countedStage({ STAGE: 'prod' })).toBe('prod');
  for (const STAGE of ['local', '', undefined])
    expect(countedStage(STAGE === undefined ? {} : { STAGE })).toBeUndefined();
  const lines: string[] = [];
  jsonLogger(
    (line) => lines.push(line),
    () => NOW,
  ).info('inbox', { outcome: 'parked' });
  jsonLogger(
    (line) => lines.push(line),
    () => NOW,
    'prod',
  ).info('inbox', { outcome: 'parked' });
  expect(lines.map((line) => '_aws' in JSON.parse(line))).toEqual([false, true]);
});
