import { openApiHandler } from '../../lib/lambda/openapi-handler.ts';

export const handler = openApiHandler();
