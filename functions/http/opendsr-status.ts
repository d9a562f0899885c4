import { openDsrHandler } from '../../lib/lambda/open-dsr-handler.ts';
import { requestStatus } from '../../lib/lambda/open-dsr-status.ts';

export const handler = openDsrHandler(requestStatus);
