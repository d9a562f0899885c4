import { cancelOpenDsrRequest } from '../../lib/lambda/open-dsr-cancel.ts';
import { openDsrHandler } from '../../lib/lambda/open-dsr-handler.ts';

export const handler = openDsrHandler(cancelOpenDsrRequest());
