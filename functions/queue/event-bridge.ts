import { intakeHandler } from '../../lib/lambda/intake-handler.ts';
import { partnerSources } from '../../lib/lambda/partner-events.ts';

export const handler = intakeHandler(partnerSources);
