import { receiptKeyHandler } from '../../lib/lambda/receipt-key-handler.ts';

export const handler = receiptKeyHandler();
