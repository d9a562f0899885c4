import { createRequest } from '../../lib/lambda/open-dsr-create.ts';
import { openDsrHandler } from '../../lib/lambda/open-dsr-handler.ts';

export const handler = openDsrHandler(createRequest());
