import { cancelRequest } from '../privacy/cancel.ts';
import { controllerStatus } from '../privacy/controller-status.ts';
import { RefusedChangeError } from '../privacy/errors.ts';
import { cancelledBody } from '../privacy/open-dsr.ts';
import type { Seal } from '../store/seal.ts';
import { type OpenDsrOperation, requestOf } from './open-dsr-handler.ts';
import { openSeal } from './privacy.ts';

/**
 * `DELETE /opendsr/requests/{id}`: cancels a request of this controller while it is pending; sent again, the answer is the
 * same. Of a cancellation and a deletion that begins one wins, whenever they meet.
 */
export const cancelOpenDsrRequest = (open: () => Promise<Seal> = openSeal): OpenDsrOperation => ({
  name: 'cancel',
  answer: async (call, deps) => {
    const { request: found, requestId } = await requestOf(call, deps);
    call.tell({ id: found.id, state: found.status });
    const status = controllerStatus(found);
    if (status === 'completed') throw new RefusedChangeError('too_late', 'it is done, and nothing brings it back');
    const request =
      status === 'cancelled'
        ? found
        : await cancelRequest(found.id, 'cancelled by its controller', { ...deps, seal: await open() });
    return {
      status: 202,
      body: cancelledBody({ request: request ?? found, controller: call.controller.name, requestId }),
    };
  },
});
