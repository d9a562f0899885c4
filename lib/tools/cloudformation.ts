import { Refusal } from './refusal.ts';
import type { Resources } from './serverless.ts';

/** The account that the local queues belong to. */
export const LOCAL_ACCOUNT = '000000000000';

/** A queue of the template as the local server is to make it. */
export interface LocalQueue {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Replaces every CloudFormation reference in a value by what it names on the local stack. */
export type Resolve = (value: unknown) => unknown;

/**
 * Reads references to the queues of a template.
 *
 * @throws Refusal naming the reference that has no local counterpart: a table is not local, a local stage uses SQLite.
 */
export const localResolver = (resources: Resources, at: { region: string; sqsEndpoint: string }): Resolve => {
  const attributes = (id: string): Record<string, unknown> => {
    const resource = resources[id];
    if (resource?.Type !== 'AWS::SQS::Queue')
      throw new Refusal(`${id} does not exist locally. Is --stage local missing?`);
    const name = resource.Properties?.QueueName as string;
    return {
      Ref: `${at.sqsEndpoint}/${LOCAL_ACCOUNT}/${name}`,
      Arn: `arn:aws:sqs:${at.region}:${LOCAL_ACCOUNT}:${name}`,
      QueueName: name,
    };
  };
  const resolve: Resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (value === null || typeof value !== 'object') return value;
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
    if (typeof ref === 'string') return attributes(ref).Ref;
    if (attribute !== undefined) {
      const [id = '', name = ''] = [attribute].flat().join('.').split('.');
      return attributes(id)[name];
    }
    if (Array.isArray(join)) return (resolve(join[1]) as unknown[]).join(String(join[0]));
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
  };
  return resolve;
};

/** The queues of a template. Those that others hand over to (dead letters) come first: they must exist by then. */
export const localQueues = (resources: Resources, resolve: Resolve): LocalQueue[] =>
  Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::SQS::Queue')
    .map(({ Properties }) => resolve(Properties) as Record<string, unknown>)
    .sort((a, b) => Number('RedrivePolicy' in a) - Number('RedrivePolicy' in b))
    .map(({ QueueName, Tags: _, ...attributes }) => ({
      name: String(QueueName),
      attributes: Object.fromEntries(
        Object.entries(attributes)
          // A standard queue has no FIFO attributes, not even as false.
          .filter(([, value]) => value !== false)
          .map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
      ),
    }));
