import type { Shop } from '../commerce/shops.ts';
import { GUIDES, type Guide } from './connect-guides.ts';
import type { OpsDeps, ShopSettings } from './ops-deps.ts';
import { firstDelivery, hearingOf } from './ops-hearing.ts';
import type { ShopRequest } from './ops-shop-options.ts';
import { Refusal } from './refusal.ts';

type Request = Extract<ShopRequest, { readonly command: 'connect' }>;

const SERVICE = 'promotion-functions';

/**
 * Says how a platform is connected, step by step, then waits for its first delivery and says what came of it.
 *
 * @throws Refusal when the shops file has another platform for the shop.
 */
export const connectShop = async ({ platform, shop, url, waits }: Request, deps: OpsDeps): Promise<void> => {
  const settings = await deps.settings().catch(missing);
  const known = settings?.shops.get(shop);
  if (known && known.platform !== platform) {
    throw new Refusal(`${shop} is a shop of ${known.platform} in the shops file: choose another name`);
  }
  const guide = GUIDES[platform];
  const address = `${url ?? deps.address ?? 'https://<your API>'}/webhooks/${platform}/${shop}`;
  deps.print([...entryLines(platform, shop, known, guide), ...platformLines(guide, address)].join('\n'));
  if (!waits) return;
  if (!known) return deps.print(`\nNext: add the entry, restart or deploy, then run this again to wait for a delivery`);
  deps.print('\nWaiting for the first delivery. Ctrl-C ends it');
  // What comes by a queue has no webhook whose log could tell of it.
  if (!deps.logLines || platform === 'commercetools') {
    deps.print(`What is refused is told in the log only: ${logOf(platform)}`);
    return deps.print(await firstDelivery(shop, deps));
  }
  for await (const line of deps.logLines()) {
    const heard = hearingOf(line, platform, shop);
    if (!heard) continue;
    deps.print(heard.text);
    if (heard.arrived) return;
  }
};

const logOf = (platform: Shop['platform']): string => {
  const name = platform.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const reader = platform === 'commercetools' ? 'commercetoolsIntake' : `${name}Webhook`;
  return `aws logs tail /aws/lambda/${SERVICE}-<stage>-${reader} --follow`;
};

/** Without a shops file the steps are told all the same. */
const missing = (error: unknown): ShopSettings | undefined => {
  if (error instanceof Refusal) return undefined;
  throw error;
};

const entryLines = (platform: Shop['platform'], name: string, known: Shop | undefined, guide: Guide): string[] => {
  const secret = `${platform.replaceAll('-', '_')}_${name.replaceAll('-', '_')}`.toUpperCase();
  const { shopId, api, more = [] } = guide;
  const signing = known?.secrets ?? (guide.secret === undefined ? [] : [secret]);
  const reading = known?.api?.secret ?? `${secret}_API`;
  const entry = known
    ? [`1. shops.yaml has ${name}`]
    : [
        '1. shops.yaml, below `shops:`',
        '',
        `  ${name}:`,
        `    platform: ${platform}`,
        '    application: 1            # whose promotions they are',
        '    currency: EUR             # of the shop and of the Application',
        `    shopId: "…"               # ${shopId}`,
        `    secrets: [${signing.join(', ')}]`,
        '    engineCodes: ["SUMMER-*"] # codes that the promotions own',
        ...(api
          ? ['    api:', `      url: ${api.url}`, `      secret: ${reading}`, ...more.map((line) => `    ${line}`)]
          : []),
      ];
  return [
    ...entry,
    '',
    `2. Secrets: SSM parameters /${SERVICE}/<stage>/<name> (SecureString); locally the JSON file SECRETS_FILE`,
    ...signing.map((each) => `     ${each}: ${guide.secret ?? 'signs'}`),
    ...(api ? [`     ${reading}: ${api.secret}`, ...api.scopes.map((scope) => `       may: ${scope}`)] : []),
  ];
};

const platformLines = ({ steps, topics }: Guide, url: string): string[] => [
  '',
  '3. At the platform',
  ...steps.map((step) => `   - ${step.replaceAll('{url}', url)}`),
  '   Topics:',
  ...topics.map((topic) => `     ${topic}`),
];
