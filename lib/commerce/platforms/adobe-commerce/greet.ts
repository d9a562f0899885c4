import type { Delivery } from '../../event.ts';
import type { Greeting } from '../../platform.ts';

/** Nothing that a browser could take for more than text. */
const CHALLENGE = /^[\w.-]{1,200}$/;

/** Echoes the challenge by which Adobe makes sure that somebody is there, when the webhook is registered. */
export const greet = ({ method, query }: Delivery): Greeting | undefined => {
  const { challenge } = query;
  return method === 'GET' && typeof challenge === 'string' && CHALLENGE.test(challenge)
    ? { contentType: 'text/plain', body: challenge }
    : undefined;
};
