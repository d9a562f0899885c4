import { compileRule, type PreparedRule } from './rule.ts';
import type {
  AdditionalCostDefinition,
  Application,
  AttributeDefinition,
  AttributeEntity,
  Audience,
  Campaign,
  CouponDefinition,
  Snapshot,
} from './snapshot.ts';

export type { PreparedCondition, PreparedRule } from './rule.ts';

/** A campaign with its rules ready to evaluate. */
export interface PreparedCampaign {
  readonly campaign: Campaign;
  readonly rules: readonly PreparedRule[];
}

/** A declared coupon and whose it is. */
export interface FoundCoupon {
  readonly campaign: Campaign;
  readonly coupon: CouponDefinition;
}

/** The published promotions as one Application sees them: prepared once, looked up by key. */
export interface Promotions {
  readonly snapshotId: string;
  /** When this snapshot was first published, RFC 3339; one that never was says 1970. */
  readonly published: string;
  readonly application: Application;
  /** In order of evaluation, which is that of the file; running or not ({@link isRunning}). */
  readonly campaigns: readonly PreparedCampaign[];
  campaignById(id: number): PreparedCampaign | undefined;
  /** Finds a coupon by a code as a customer may write it. */
  couponByCode(code: string): FoundCoupon | undefined;
  /** The coupons that only this profile may redeem (K5). */
  personalCoupons(profileId: string): readonly FoundCoupon[];
  /** A code as it is compared and stored (semantics.md K2). */
  foldCode(code: string): string;
  /** The declared attributes of an entity, by name; empty: none is declared, anything is accepted (AT3). */
  attributes(entity: AttributeEntity): ReadonlyMap<string, AttributeDefinition>;
  readonly additionalCosts: ReadonlyMap<string, AdditionalCostDefinition>;
  readonly audiences: ReadonlyMap<number, Audience>;
}

/** A code as it is compared and stored: folded where the Application ignores case (semantics.md A5, K2). */
export const foldCode = (code: string, { caseSensitivity }: Pick<Application, 'caseSensitivity'>): string => {
  if (caseSensitivity === 'insensitive-uppercase') return code.toUpperCase();
  return caseSensitivity === 'insensitive-lowercase' ? code.toLowerCase() : code;
};

/** Whether a campaign's rules and codes count at a moment (semantics.md R2). */
export const isRunning = ({ state, startTime, endTime }: Campaign, now: Date): boolean =>
  state === 'enabled' &&
  (startTime === undefined || new Date(startTime) <= now) &&
  (endTime === undefined || now < new Date(endTime));

/** The promotions of an Application, prepared; the same object for the same snapshot. Undefined: no such Application. */
export const promotionsOf = (snapshot: Snapshot, applicationId: number): Promotions | undefined => {
  const prepared = PREPARED.get(snapshot) ?? new Map<number, Promotions>();
  PREPARED.set(snapshot, prepared);
  const known = prepared.get(applicationId);
  if (known) return known;
  const application = snapshot.applications.find(({ id }) => id === applicationId);
  if (!application) return undefined;
  const promotions = prepare(snapshot, application);
  prepared.set(applicationId, promotions);
  return promotions;
};

const PREPARED = new WeakMap<Snapshot, Map<number, Promotions>>();

const prepare = (snapshot: Snapshot, application: Application): Promotions => {
  const campaigns = snapshot.campaigns
    .filter(({ applicationId }) => applicationId === application.id)
    .map((campaign) => ({ campaign, rules: campaign.rules.map(compileRule) }));
  const byId = new Map(campaigns.map((prepared) => [prepared.campaign.id, prepared]));
  const found = campaigns.flatMap(({ campaign }) => campaign.coupons.map((coupon) => ({ campaign, coupon })));
  const coupons = new Map(found.map((each) => [each.coupon.value, each]));
  const personal = Map.groupBy(found, ({ coupon }) => coupon.recipientIntegrationId);
  const attributes = Map.groupBy(snapshot.attributes, ({ entity }) => entity);
  const byName = new Map(
    [...attributes].map(([entity, all]) => [entity, new Map(all.map((attribute) => [attribute.name, attribute]))]),
  );
  const fold = (code: string) => foldCode(code, application);
  return {
    snapshotId: snapshot.id,
    published: snapshot.published ?? new Date(0).toISOString(),
    application,
    campaigns,
    campaignById: (id) => byId.get(id),
    couponByCode: (code) => coupons.get(fold(code)),
    personalCoupons: (profileId) => personal.get(profileId) ?? [],
    foldCode: fold,
    attributes: (entity) => byName.get(entity) ?? new Map(),
    additionalCosts: new Map(snapshot.additionalCosts.map((cost) => [cost.name, cost])),
    audiences: new Map(snapshot.audiences.map((audience) => [audience.id, audience])),
  };
};
