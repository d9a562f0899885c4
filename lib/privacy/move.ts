import { advance, type Happening } from './advance.ts';
import { changeWithReceipt, type ReceiptDeps } from './receipts.ts';
import type { PrivacyRequest } from './request.ts';

/**
 * Moves a request by what happened, in one write: with its receipt where it comes to a status that has one.
 *
 * @param only leaves the request where this does not hold any more.
 * @returns the request as it is then; undefined when there is none.
 * @throws RefusedChangeError as `advance` does; StaleWriteError when others were faster time and again.
 */
export const move = (
  id: string,
  happening: Happening,
  deps: ReceiptDeps,
  only: (request: PrivacyRequest) => boolean = () => true,
): Promise<PrivacyRequest | undefined> =>
  changeWithReceipt(
    id,
    (request) => (only(request) ? { request: advance(request, happening, deps.now()) } : undefined),
    deps,
  );
