import { getCustomerInventory as row } from '../../lib/contract/operations/profiles.ts';
import { getCustomerInventory } from '../../lib/engine/inventory.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, getCustomerInventory);
