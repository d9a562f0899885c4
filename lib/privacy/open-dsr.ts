import type { Issue } from '../contract/errors.ts';
import { controllerStatus, expectedCompletion } from './controller-status.ts';
import type { PrivacyRequest } from './request.ts';

/** The version of OpenDSR whose bodies these are. */
export const OPEN_DSR_VERSION = '1.0';

/** What is understood of whom a request is about. */
export const IDENTITY_TYPES = ['controller_customer_id', 'email'] as const;

/** How identities are written that are understood: as they are. A digest of an e-mail address leads to no profile here. */
export const IDENTITY_FORMATS = ['raw'] as const;

/** What may be asked for. Portability is answered as access is: with everything in a form that programs read. */
export const REQUEST_TYPES = ['erasure', 'access', 'portability'] as const;

/** A request as it is told of. */
export interface ToldRequest {
  readonly request: PrivacyRequest;
  readonly controller: string;
  /** What the controller calls it. */
  readonly requestId: string;
}

const named = ({ request, controller, requestId }: ToldRequest) => ({
  controller_id: controller,
  expected_completion_time: expectedCompletion(request),
  subject_request_id: requestId,
});

/** When a request came to a status, or else at all. */
const at = ({ log, received }: PrivacyRequest, status?: PrivacyRequest['status']): string =>
  (status ? log.findLast((entry) => entry.status === status) : log[0])?.at ?? received;

/** The answer to a new request, and to the same one sent again. @param sent the body as it came; it is kept nowhere. */
export const createdBody = (told: ToldRequest, sent: Uint8Array) => ({
  ...named(told),
  received_time: at(told.request),
  encoded_request: Buffer.from(sent).toString('base64'),
  api_version: OPEN_DSR_VERSION,
});

/** The answer to the question where a request stands. */
export const statusBody = (told: ToldRequest) => ({
  ...named(told),
  request_status: controllerStatus(told.request),
  api_version: OPEN_DSR_VERSION,
});

/** The answer to a cancellation. */
export const cancelledBody = ({ request, controller, requestId }: ToldRequest) => ({
  controller_id: controller,
  subject_request_id: requestId,
  received_time: at(request, 'cancelled'),
  api_version: OPEN_DSR_VERSION,
});

/** What this interface understands. @param certificate where the key is that answers and callbacks are signed with. */
export const discoveryBody = (certificate: string | undefined) => ({
  api_version: OPEN_DSR_VERSION,
  supported_identities: IDENTITY_TYPES.flatMap((identity_type) =>
    IDENTITY_FORMATS.map((identity_format) => ({ identity_type, identity_format })),
  ),
  supported_subject_request_types: REQUEST_TYPES,
  ...(certificate !== undefined && { processor_certificate: certificate }),
});

/** The body of a refusal. */
export const refusalBody = (code: number, message: string, issues: readonly Issue[] = []) => ({
  error: {
    code,
    message,
    ...(issues.length > 0 && {
      errors: issues.map(({ title, details, source }) => ({
        domain: 'pointer' in source ? source.pointer : source.parameter,
        reason: title,
        message: details ?? title,
      })),
    }),
  },
});
