import * as z from 'zod';
import { ConfigurationError } from '../contract/errors.ts';
import { Applications } from './applications.ts';
import { EffectsTarget } from './effects-target.ts';
import { confusedAmong, sourcePrefix } from './partner-sources.ts';
import { secretNames } from './secret-names.ts';

const Name = z.string().regex(/^[a-z0-9-]{1,40}$/, 'use lower-case letters, digits and dashes, 40 at the most');

const HeaderName = z.string().regex(/^[a-z0-9-]{1,64}$/, 'use the lower-case name of a header');

/** One shop of shops.yaml: where its events come from and how they become promotion calls (design.md decision 21). */
export const Shop = z.strictObject({
  platform: z.enum(['shopify', 'commercetools', 'woocommerce', 'bigcommerce', 'adobe-commerce', 'stripe', 'standard']),
  /** Id of the Application that answers for this shop. */
  application: z.int().positive(),
  /** ISO 4217; an event in another currency is parked, never converted. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /**
   * What the platform calls the shop in its deliveries: Shopify's number, commercetools' project key, BigCommerce's store
   * hash, WooCommerce's address, Adobe's client id, Stripe's account, what a `standard` shop calls itself. One secret may
   * sign for several shops, so a body that names another is refused.
   */
  shopId: z.string().min(1).max(255),
  /** Names of the signing secrets: the current one, then the previous one during a rotation. None: nothing is signed. */
  secrets: secretNames(z.string().min(1)),
  /**
   * Header in which the platform sends one of the secrets as it is, for BigCommerce hooks that were made before it signed
   * any; unset: what is not signed is refused.
   */
  secretHeader: HeaderName.optional(),
  /**
   * How a `standard` shop signs that does not sign as Standard Webhooks do: the HMAC-SHA256 of the raw body, by the secret's
   * own characters, in a header. Unset: Standard Webhooks.
   */
  signature: z
    .strictObject({
      header: HeaderName,
      encoding: z.enum(['hex', 'base64']).default('hex'),
      /** What stands before the signature in its header: `sha256=`. */
      prefix: z.string().max(40).default(''),
      /**
       * Header of the time of sending, in seconds of Unix time; it is signed too, with a dot, before the body, and may be
       * 300 seconds off. Unset: a delivery never grows too old.
       */
      timestampHeader: HeaderName.optional(),
    })
    .optional(),
  /**
   * Name of the partner event source in Amazon EventBridge that delivers for this shop. Unset: whatever source of the
   * platform no other shop names.
   */
  eventSource: z
    .string()
    .max(256)
    .regex(/^aws\.partner(\/[\w.-]+){2,}$/, 'use the name of a partner event source: aws.partner/stripe.com/ed_…')
    .optional(),
  /** Where the platform's own API of this shop is, and the name of the secret to read it with; for thin deliveries. */
  api: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }),
      secret: z.string().min(1),
      /** Where an access token is had for the secret, and for which scopes; for commercetools. */
      token: z.strictObject({ url: z.url({ protocol: /^https?$/ }), scope: z.string().min(1) }).optional(),
    })
    .optional(),
  /** Whether prices that the platform states both ways are taken with tax or without. */
  prices: z.enum(['as-shop', 'gross', 'net']).default('as-shop'),
  /** Profile id of a customer; `{customer}` is the platform's customer id. */
  profileId: z.string().includes('{customer}').default('{platform}:{customer}'),
  /** Cart attribute in which a storefront names the session it already opened; unset: never read. */
  sessionAttribute: z.string().min(1).optional(),
  /** When an order closes its session: once paid, or already when it is created. */
  closeOn: z.enum(['paid', 'created']).default('paid'),
  /**
   * The codes that belong to the promotion engine, all others are the shop's own. `*` stands for any characters, upper and
   * lower case are the same: `SUMMER-*`. Not regular expressions: buyers write the codes, and some patterns take for ever.
   */
  engineCodes: z
    .array(
      z
        .string()
        .min(1)
        .max(100)
        .regex(/^[^*]*(\*[^*]*){0,2}$/, 'at most two * in a pattern'),
    )
    .min(1),
  /** What is reported of carts and orders as an event of its own, each once. */
  events: z.array(z.enum(['cart_abandoned', 'order_fulfilled'])).default([]),
  /**
   * What a payment that the buyer's bank took back for good does: it cancels the order, is reported as a refund of money, or
   * nothing.
   */
  disputes: z.enum(['cancel', 'event', 'ignore']).default('event'),
  /** What the deletion of a customer's record in the shop does: nothing, it is reported, or the customer is erased here. */
  customerDeleted: z.enum(['ignore', 'event', 'erase']).default('ignore'),
  /** Test orders are dropped, or applied where the Application is a sandbox. */
  testOrders: z.enum(['drop', 'apply']).default('drop'),
  /** Facts to pass on, by name; each must be a declared attribute of the Application. */
  attributes: z
    .strictObject({
      session: z.array(z.enum(['orderNumber', 'channel', 'currency', 'test', 'renewal'])).default([]),
      item: z.array(z.enum(['giftCard'])).default([]),
      profile: z.array(z.enum(['acceptsMarketing', 'tags', 'country', 'state'])).default([]),
    })
    .prefault({}),
  /** Where effects go; with `none` also those go nowhere that wait still. */
  effects: EffectsTarget.default('queue'),
});
export type Shop = z.output<typeof Shop>;

/** Told of each fault of a shop's event source. */
type Fault = (shop: string, message: string) => void;

const checkSources = (shops: Readonly<Record<string, Shop>>, fault: Fault): void => {
  const named = Object.entries(shops).filter(([, { eventSource }]) => eventSource !== undefined);
  for (const [name, { platform, eventSource }] of named) {
    const prefix = sourcePrefix(platform);
    if (prefix === undefined) fault(name, `${platform} does not deliver over EventBridge`);
    else if (!eventSource?.startsWith(prefix)) fault(name, `the sources of ${platform} begin with ${prefix}`);
  }
  for (const sharing of Map.groupBy(named, ([, { platform, eventSource }]) => `${platform} ${eventSource}`).values()) {
    const confused = confusedAmong(new Map(sharing));
    if (!confused) continue;
    const { one, other, remedy } = confused;
    fault(other, `its deliveries and those of ${one} come from one source and cannot be told apart: ${remedy}`);
  }
};

/** What else the file says is read where it is used: `applications` and `privacy`. */
const Shops = z
  .strictObject({
    shops: z.record(Name, Shop),
    applications: Applications.prefault({}),
    privacy: z.unknown().optional(),
  })
  .superRefine(({ shops }, { addIssue }) =>
    checkSources(shops, (name, message) => addIssue({ code: 'custom', path: ['shops', name, 'eventSource'], message })),
  );

/** The shops of a stage by name. */
export type Shops = ReadonlyMap<string, Shop>;

/**
 * Reads the shops file's content (already parsed from YAML or JSON).
 *
 * @throws ConfigurationError naming every fault with its path.
 */
export const readShops = (content: unknown): Shops => {
  const read = Shops.safeParse(content);
  if (read.success) return new Map(Object.entries(read.data.shops));
  const faults = read.error.issues.flatMap((issue) => faultsIn(issue));
  throw new ConfigurationError(`shops.yaml is refused:\n${faults.join('\n')}`);
};

/** Of a value that may be one of several things, the faults of the one that it comes closest to. */
const faultsIn = (issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): string[] => {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return [`  ${path.join('.') || '(file)'}: ${issue.message}`];
  const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map((each) => each.path.length));
  const [closest = []] = issue.errors.toSorted((a, b) => depth(b) - depth(a));
  return closest.flatMap((each) => faultsIn(each, path));
};
