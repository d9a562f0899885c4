import type { Change } from '../store/store.ts';
import { advance, type Happening } from './advance.ts';
import { changeRequest, type RegisterDeps } from './register.ts';
import { hasEnded, type PrivacyRequest } from './request.ts';

/** A receipt that was made, and the changes that issue it. */
export interface Issued {
  readonly sequence: number;
  readonly changes: readonly Change[];
}

/** What moving a request needs. */
export interface MoveDeps extends RegisterDeps {
  now(): Date;
  /** Makes the receipt of a request as it stands: issued in the write that brings the request there. */
  issue(request: PrivacyRequest): Promise<Issued>;
}

/**
 * Moves a request by what happened, in one write: with its receipt when it is completed or has ended.
 *
 * @param only leaves the request where this does not hold any more.
 * @returns the request as it is then; undefined when there is none.
 * @throws RefusedChangeError as `advance` does; StaleWriteError when others were faster time and again.
 */
export const move = (
  id: string,
  happening: Happening,
  deps: MoveDeps,
  only: (request: PrivacyRequest) => boolean = () => true,
): Promise<PrivacyRequest | undefined> =>
  changeRequest(
    id,
    async (request) => {
      if (!only(request)) return undefined;
      const after = advance(request, happening, deps.now());
      if (!isReceipted(after) || after.status === request.status) return { request: after };
      const { sequence, changes } = await deps.issue(after);
      return { request: { ...after, receipts: [...after.receipts, sequence] }, beside: changes };
    },
    deps,
  );

const isReceipted = (request: PrivacyRequest): boolean =>
  request.kind === 'erasure' && request.status !== 'cancelled' && (request.status === 'completed' || hasEnded(request));
