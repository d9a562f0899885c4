import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';

/** A sender waits for our answer: better a quick failure, and its retry, than a hanging one. */
const client = new SSMClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
});

/** Fetches parameters of AWS Systems Manager, 10 at the most; those that are not there are left out. */
export const fetchParameters = async (
  prefix: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const command = new GetParametersCommand({ Names: names.map((name) => prefix + name), WithDecryption: true });
  const { Parameters = [] } = await client.send(command);
  return new Map(Parameters.map(({ Name = '', Value = '' }) => [Name.slice(prefix.length), Value]));
};
