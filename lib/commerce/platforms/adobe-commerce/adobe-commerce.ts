import type { Platform } from '../../platform.ts';
import { answer } from './answer.ts';
import { authenticator } from './authenticate.ts';
import { changedSince, orderEvent } from './changed.ts';
import { complete } from './complete.ts';
import { greet } from './greet.ts';
import { interpret } from './interpret.ts';
import { publishedKeys } from './published-keys.ts';

/** Makes the platform, with a memory of its own for Adobe's keys. */
export const createAdobeCommerce = (): Platform => ({
  name: 'adobe-commerce',
  greet,
  answer,
  authenticate: authenticator(publishedKeys()),
  interpret,
  complete,
  changedSince,
  readOrder: orderEvent,
});

/**
 * Adobe Commerce (Magento 2), by I/O Events and by signed commerce webhooks (commerce-platforms.md §5). The shop's
 * `shopId` is the client id that its events are meant for; its secrets are the public keys of its webhooks, in PEM.
 */
export const adobeCommerce: Platform = createAdobeCommerce();
