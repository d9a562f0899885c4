import { type Check, checksOf, notable } from './ops-checks.ts';
import type { OpsDeps } from './ops-deps.ts';
import { shopNamed } from './ops-shop.ts';
import { subscriptionChecks } from './ops-subscriptions.ts';

/**
 * Examines a shop, writing nothing, and prints a line for each thing that must be in order. The command fails when one is
 * not.
 *
 * @throws Refusal when the shops file has no such shop, or is refused.
 */
export const examine = async (name: string, deps: OpsDeps): Promise<void> => {
  const named = await shopNamed(name, deps);
  const { shop } = named;
  const entry: Check = {
    ok: true,
    what: `shops.yaml: ${name} is a shop of ${shop.platform}, in ${shop.currency}, for Application ${shop.application}`,
  };
  const checks = [entry];
  for (const check of [...checksOf(named, deps), () => subscriptionChecks(named, deps)]) {
    checks.push(...(await notable(check)));
  }
  for (const { ok, what, todo } of checks) {
    deps.print(`${ok ? '✓' : '✗'} ${what}`);
    if (!ok && todo !== undefined) deps.print(`    → ${todo}`);
  }
  const ill = checks.filter(({ ok }) => !ok).length;
  deps.print(ill === 0 ? '\nAll is well' : `\n${ill} of ${checks.length} not well`);
  if (ill > 0) deps.fail();
};
