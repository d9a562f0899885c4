import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NAMESPACE } from '../../lib/lambda/metrics.ts';
import { serverlessFile } from './serverless-file.ts';

interface GetAtt {
  readonly 'Fn::GetAtt': string;
}

const resources = Object.entries(serverlessFile().resources.Resources);
const alarms = resources.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
const deadLetters = resources.flatMap(([, { Properties = {} }]) => {
  const { deadLetterTargetArn: arn } = (Properties.RedrivePolicy ?? {}) as { deadLetterTargetArn?: GetAtt };
  return arn ? [arn['Fn::GetAtt'].replace(/\.Arn$/, '')] : [];
});
const readme = readFileSync('README.md', 'utf8');

test('there are few alarms, one for each kind of trouble', () => {
  expect(alarms.map(([id]) => id)).toHaveLength(11);
});

test.each([...new Set(deadLetters)])('what gets into %s rings: nobody else looks there', (id) => {
  const watching = alarms.filter(([, { Properties = {} }]) =>
    JSON.stringify(Properties.Dimensions).includes(`"${id}.QueueName"`),
  );
  expect(watching).toHaveLength(1);
});

test('the topic takes what CloudWatch sends: the policy of alias/aws/sns lets no alarm use it', () => {
  const topics = resources.filter(([, { Type }]) => Type === 'AWS::SNS::Topic');
  expect(topics.map(([id, { Properties = {} }]) => [id, Properties.KmsMasterKeyId])).toEqual([
    ['AlarmTopic', undefined],
  ]);
});

test.each(alarms)('%s names its row of the runbook, and rings at the topic', (_id, { Properties = {} }) => {
  const row = /README, When an alarm rings: (.+)$/.exec(String(Properties.AlarmDescription))?.[1];
  expect(readme.slice(readme.indexOf('## When an alarm rings'))).toContain(`\n| ${row} |`);
  expect(Properties.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
  expect([NAMESPACE, 'AWS/SQS']).toContain(Properties.Namespace);
});
