import { discoveryBody } from '../privacy/open-dsr.ts';
import type { HttpAnswer } from './http-answer.ts';
import { jsonAnswer } from './http-answer.ts';
import { httpRequest } from './http-request.ts';
import { domainOf, KEY_PATH } from './open-dsr-signature.ts';

/** The Lambda handler of `GET /opendsr/discovery`: what the interface understands, for everybody. */
export const openDsrDiscoveryHandler =
  () =>
  async (event: unknown): Promise<HttpAnswer> => {
    const { host } = httpRequest(event ?? {}).headers;
    const certificate = host === undefined ? undefined : `https://${domainOf(host)}${KEY_PATH}`;
    return jsonAnswer(200, discoveryBody(certificate));
  };
