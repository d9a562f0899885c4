import type { Campaign } from '../../contract/schemas/campaign.ts';
import type { Moment } from '../moment.ts';

/** The campaigns of which a rule fired, as answered. */
export const triggeredCampaigns = (triggered: ReadonlySet<number>, { promotions }: Moment): Campaign[] =>
  promotions.campaigns
    .filter(({ campaign }) => triggered.has(campaign.id))
    .map(({ campaign }) => ({
      id: campaign.id,
      created: promotions.published,
      applicationId: campaign.applicationId,
      userId: 0,
      name: campaign.name,
      description: campaign.description,
      ...(campaign.startTime !== undefined && { startTime: campaign.startTime }),
      ...(campaign.endTime !== undefined && { endTime: campaign.endTime }),
      attributes: {},
      state: campaign.state,
      activeRulesetId: campaign.rulesetId,
      tags: [...campaign.tags],
      features: [...campaign.features],
      ...(campaign.referralSettings && {
        referralSettings: {
          validCharacters: [...campaign.referralSettings.validCharacters],
          couponPattern: campaign.referralSettings.couponPattern,
        },
      }),
      limits: campaign.limits.map(({ action, limit, entities }) => ({ action, limit, entities: [...entities] })),
    }));
