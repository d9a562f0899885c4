import { createHash } from 'node:crypto';
import { anyEqual } from '../commerce/signature.ts';
import { ConfigurationError, UnauthorizedError } from '../contract/errors.ts';
import type { Environment } from '../privacy/person.ts';
import type { Privacy } from '../privacy/settings.ts';
import type { Secrets } from './secrets.ts';

/** Somebody who may hand in privacy requests. */
export interface Controller {
  readonly name: string;
  /** Whose profiles their requests reach. */
  readonly environment: Environment;
}

/** A guess of less is a matter of time. */
const SHORTEST_TOKEN = 32;

/** Of equal length whatever was sent, so that comparing them takes equally long. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');

/**
 * The controller of `Authorization: Bearer <token>`. Keys of the Integration API are nobody's here, and these tokens are
 * no keys there. Every token is compared, in constant time.
 *
 * @throws UnauthorizedError whatever is wrong; ConfigurationError for a token of less than 32 characters in the settings.
 */
export const controllerOf = async (
  authorization: string | undefined,
  { controllers }: Pick<Privacy, 'controllers'>,
  secrets: Pick<Secrets, 'get'>,
): Promise<Controller> => {
  const [, token] = /^Bearer[ \t]+(\S+)[ \t]*$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw new UnauthorizedError(NOT_TAKEN);
  const known = Object.entries(controllers);
  const tokens = await secrets.get(known.map(([, { secret }]) => secret));
  const given = digestOf(token);
  let found: Controller | undefined;
  for (const [index, [name, { environment, secret }]] of known.entries()) {
    const expected = tokens[index] ?? '';
    if (expected.length < SHORTEST_TOKEN) {
      throw new ConfigurationError(
        `the secret ${secret} is no token: make it ${SHORTEST_TOKEN} random characters or more`,
      );
    }
    if (anyEqual([given], [digestOf(expected)])) found ??= { name, environment };
  }
  if (!found) throw new UnauthorizedError(NOT_TAKEN);
  return found;
};

const NOT_TAKEN = 'Authentication failed: send Authorization: Bearer <token> with the token of a controller';
