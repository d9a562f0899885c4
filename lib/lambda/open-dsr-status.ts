import { statusBody } from '../privacy/open-dsr.ts';
import { type OpenDsrOperation, requestOf } from './open-dsr-handler.ts';

/** `GET /opendsr/requests/{id}`: where a request of this controller stands. */
export const requestStatus: OpenDsrOperation = {
  name: 'status',
  answer: async (call, deps) => {
    const { request, requestId } = await requestOf(call, deps);
    call.tell({ id: request.id, state: request.status });
    return { status: 200, body: statusBody({ request, controller: call.controller.name, requestId }) };
  },
};
