import { getCustomerProfilesByAttributes as row } from '../../lib/contract/operations/profiles.ts';
import { getCustomerProfilesByAttributes } from '../../lib/engine/profile-search.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, getCustomerProfilesByAttributes);
