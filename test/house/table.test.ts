import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { newerOperations } from '../../lib/contract/newer-operations.ts';
import { operations } from '../../lib/contract/operations/table.ts';
import { tableDefinition, timeToLive } from '../../lib/store/dynamodb.ts';
import { eventFiles, eventFolder } from './event-files.ts';
import { serverlessFile } from './serverless-file.ts';
import { filesBelow } from './source-files.ts';

const { functions, resources } = serverlessFile();
const entries = Object.entries(functions);

const kebab = (id: string): string => id.replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => `-${capital}`).toLowerCase();

describe.each(Object.entries(operations))('the operation %s', (id, row) => {
  test('has a function of its name', () => {
    expect(functions[id]?.handler).toBe(`functions/operations/${kebab(id)}.handler`);
  });

  test('is served with its own method and path', () => {
    expect(functions[id]?.events).toEqual([{ httpApi: `${row.method} ${row.path}` }]);
  });

  test('is listed under its own id', () => expect(row.id).toBe(id));
});

test('every file of functions/operations is an operation of the table', () => {
  const expected = Object.keys(operations).map((id) => `functions/operations/${kebab(id)}.ts`);
  expect(filesBelow('functions/operations')).toEqual(expected.sort());
});

test('every file of functions/ is deployed once, and every deployed function has a file', () => {
  const deployed = entries.map(([, { handler }]) => handler.replace(/\.handler$/, '.ts'));
  expect(deployed.sort()).toEqual(filesBelow('functions'));
});

test('what no function serves goes to the one that says so, which has no rights', () => {
  const catching = entries.filter(([, { events }]) => events.some(({ httpApi }) => httpApi === '*'));
  expect(catching.map(([id]) => id)).toEqual(['unserved']);
  expect(functions.unserved).toMatchObject({ events: [{ httpApi: '*' }], iamRoleStatements: [] });
});

test('every other route has one function, its own method and its own path', () => {
  const routes = entries.flatMap(([, { events }]) => events.flatMap(({ httpApi }) => httpApi ?? []));
  const places = routes.filter((route) => route !== '*').map((route) => route.replaceAll(/\{\w+\}/g, '{}'));
  for (const place of places) expect(place).toMatch(/^(GET|PUT|POST|DELETE) (\/([\w.-]+|\{\}))+$/);
  expect(new Set(places).size).toBe(places.length);
});

test('no function serves what is answered with 501', () => {
  const routes = new Set(entries.flatMap(([, { events }]) => events.flatMap(({ httpApi }) => httpApi ?? [])));
  expect(newerOperations.filter(({ method, path }) => routes.has(`${method} ${path}`))).toEqual([]);
});

describe.each(entries)('the function %s', (_id, definition) => {
  test('says what it does', () => expect(definition.description).toMatch(/^[A-Z].+[^.]$/));

  test('states its own rights', () => expect(definition.iamRoleStatements).toBeInstanceOf(Array));

  // The local server runs all functions in one process: a variable of one would be there for all.
  test('has no variables of its own', () => expect(definition.environment).toBeUndefined());

  test('has recorded events', () => expect(eventFiles(definition.handler)).not.toEqual([]));

  test('reports each failed message by itself, if a queue feeds it', () => {
    for (const { sqs } of definition.events) if (sqs) expect(sqs.functionResponseType).toBe('ReportBatchItemFailures');
  });

  test('has six times its own time before a message that it holds is delivered again', () => {
    for (const { sqs } of definition.events) {
      const queue = resources.Resources[sqs?.arn['Fn::GetAtt'].split('.')[0] ?? ''];
      if (queue)
        expect(queue.Properties?.VisibilityTimeout).toBeGreaterThanOrEqual(6 * (definition.timeout ?? Infinity));
    }
  });
});

test('events/ holds folders of functions and the demo, nothing else', () => {
  const known = ['events/demo/', ...entries.map(([, { handler }]) => `${eventFolder(handler)}/`)];
  expect(filesBelow('events').filter((file) => !known.some((folder) => file.startsWith(folder)))).toEqual([]);
});

test('every expectation stands beside its event', () => {
  const expectations = filesBelow('events').filter((file) => file.endsWith('.expected.json'));
  expect(expectations.filter((file) => !existsSync(file.replace('.expected.json', '.json')))).toEqual([]);
});

test('the deployed table is the one that the store is written for', () => {
  const { TimeToLiveSpecification, ...properties } = resources.Resources.ItemsTable?.Properties ?? {};
  expect(properties).toMatchObject(tableDefinition);
  expect(TimeToLiveSpecification).toEqual(timeToLive);
});

test('every queue is encrypted, and what a function consumes has a place for dead letters', () => {
  const queues = Object.entries(resources.Resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
  for (const [id, { Properties = {} }] of queues) expect(Properties.SqsManagedSseEnabled, id).toBe(true);
  const consumed = entries.flatMap(([, { events }]) => events.flatMap(({ sqs }) => sqs?.arn['Fn::GetAtt'] ?? []));
  for (const arn of consumed) {
    expect(resources.Resources[arn.split('.')[0] ?? '']?.Properties, arn).toHaveProperty('RedrivePolicy');
  }
});

describe('a queue that a function consumes', () => {
  const propertiesOf = (id: string) => resources.Resources[id]?.Properties ?? {};
  const idOf = (arn: unknown) =>
    String((arn as { 'Fn::GetAtt'?: string } | undefined)?.['Fn::GetAtt']).split('.')[0] ?? '';
  const DAY = 86_400;
  const retentionOf = (id: string) => Number(propertiesOf(id).MessageRetentionPeriod ?? 4 * DAY);
  const consumed = entries.flatMap(([, { events }]) =>
    events.flatMap(({ sqs }) => (resources.Resources[idOf(sqs?.arn)] ? [idOf(sqs?.arn)] : [])),
  );

  test.each(consumed)('%s gives a message several tries before it is called dead', (id) => {
    const { maxReceiveCount } = propertiesOf(id).RedrivePolicy as { maxReceiveCount: number };
    expect(maxReceiveCount).toBeGreaterThanOrEqual(5);
  });

  // A message keeps its age when it becomes a dead letter of a standard queue, and begins anew in a FIFO one.
  test.each(consumed)(
    '%s has dead letters that are kept as long as AWS allows, and four days longer than it where they keep their age',
    (id) => {
      const { deadLetterTargetArn } = propertiesOf(id).RedrivePolicy as { deadLetterTargetArn: unknown };
      const dead = idOf(deadLetterTargetArn);
      expect(retentionOf(dead)).toBe(14 * DAY);
      expect(propertiesOf(dead).FifoQueue).toBe(propertiesOf(id).FifoQueue);
      if (!propertiesOf(id).FifoQueue) expect(retentionOf(id)).toBeLessThanOrEqual(10 * DAY);
    },
  );
});
