import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NAMESPACE } from '../../lib/lambda/metrics.ts';
import { serverlessFile } from './serverless-file.ts';

const alarms = Object.entries(serverlessFile().resources.Resources).filter(
  ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
);
const readme = readFileSync('README.md', 'utf8');

test('there are few alarms, one for each kind of trouble', () => {
  expect(alarms.map(([id]) => id)).toHaveLength(5);
});

test.each(alarms)('%s names its row of the runbook, and rings at the topic', (_id, { Properties = {} }) => {
  const row = /README, When an alarm rings: (.+)$/.exec(String(Properties.AlarmDescription))?.[1];
  expect(readme.slice(readme.indexOf('## When an alarm rings'))).toContain(`\n| ${row} |`);
  expect(Properties.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
  expect([NAMESPACE, 'AWS/SQS']).toContain(Properties.Namespace);
});
