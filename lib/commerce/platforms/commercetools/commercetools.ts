import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Platform } from '../../platform.ts';
import { accessTokens } from './access-tokens.ts';
import { changesIn, orderEvent } from './changed.ts';
import { completer } from './complete.ts';
import { interpret } from './interpret.ts';
import { projectReader } from './read-project.ts';
import { subscriptionsIn } from './subscriptions.ts';

/** Makes the platform, with a memory of its own for access tokens. */
export const createCommercetools = (): Platform => {
  const read = projectReader(accessTokens());
  return {
    name: 'commercetools',
    authenticate: async () => {
      throw new UnauthorizedError();
    },
    interpret,
    complete: completer(read),
    changedSince: changesIn(read),
    readOrder: orderEvent,
    subscriptions: subscriptionsIn(read),
  };
};

/**
 * commercetools, by the queue of its subscription (commerce-platforms.md §2): a delivery's body is that of one queue
 * message. Nothing signs them, so nothing is let in by HTTP; who may send is the queue's policy.
 */
export const commercetools: Platform = createCommercetools();
