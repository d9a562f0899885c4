import type { PrivacyRequest, Status } from './request.ts';

/** Where a request stands as its controller is told, in the words of OpenDSR. */
export type ControllerStatus = 'pending' | 'in_progress' | 'completed' | 'cancelled';

/** Undefined: it stands where it stood before; what holds a request up is nobody's business outside. */
const TOLD_AS: Record<Status, ControllerStatus | undefined> = {
  pending: 'pending',
  requires_input: undefined,
  held: undefined,
  in_progress: 'in_progress',
  partial: 'in_progress',
  completed: 'completed',
  verified: 'completed',
  cancelled: 'cancelled',
};

/** Every change of a request's status as its controller sees it, the first one too. */
export const controllerChanges = ({ log }: Pick<PrivacyRequest, 'log'>): readonly ControllerStatus[] => {
  const changes: ControllerStatus[] = [];
  for (const { status } of log) {
    const before = changes.at(-1);
    const told = TOLD_AS[status] ?? before ?? 'pending';
    if (told !== before) changes.push(told);
  }
  return changes;
};

/** Where a request stands now, as its controller is told. */
export const controllerStatus = (request: Pick<PrivacyRequest, 'log'>): ControllerStatus =>
  controllerChanges(request).at(-1) ?? 'pending';

/** When a request will be fulfilled: by the date that we keep, or after a grace that ends later. */
export const expectedCompletion = ({ safe, notBefore }: Pick<PrivacyRequest, 'safe' | 'notBefore'>): string =>
  safe > notBefore ? safe : notBefore;
