import { openDsrDiscoveryHandler } from '../../lib/lambda/open-dsr-discovery.ts';

export const handler = openDsrDiscoveryHandler();
