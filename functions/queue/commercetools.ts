import { commercetools } from '../../lib/commerce/platforms/commercetools/commercetools.ts';
import { intakeHandler } from '../../lib/lambda/intake-handler.ts';

export const handler = intakeHandler([{ platform: commercetools }]);
