import { withId } from './canonical.ts';
import { inconsistencies } from './file-consistency.ts';
import { type ContentFault, fieldOf, type Located, pathText } from './file-content.ts';
import { effectsIn, ruleFaults } from './file-rules.ts';
import { type CampaignEntry, PromotionsFile } from './file-schema.ts';
import { foldCode } from './promotions.ts';
import { type FileFault, RuleError } from './rule-error.ts';
import type { Application, Campaign, Snapshot } from './snapshot.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

/**
 * Reads a promotions file (events/demo/promotions.yaml shows all of it).
 *
 * The order of campaigns and of rules is that of the file, for it is the order of evaluation; everything else is
 * brought into one order, so that the snapshot's id depends on the content and not on how it is written. Codes are
 * stored as their Application compares them (semantics.md K2). A campaign's rules form one ruleset, whose id is the
 * campaign's unless the file gives another.
 *
 * @param file the file's name, for messages.
 * @throws RuleError naming every fault with its line.
 */
export const readPromotions = (text: string, file: string): Snapshot => {
  const document = readYaml(text);
  if (document.faults.length > 0) throw refusal(document.faults.map((fault) => ({ file, ...fault })));
  const { content } = document;
  const read = PromotionsFile.safeParse(content);
  const faults = [
    ...(read.error ? read.error.issues.flatMap((issue) => schemaFaults(issue, content)) : []),
    ...inconsistencies(content),
    ...ruleFaults(content),
  ];
  if (read.success && faults.length === 0) return snapshotOf(read.data);
  throw refusal(faults.map((fault) => locate(fault, file, document)));
};

const refusal = (faults: readonly FileFault[]): RuleError =>
  new RuleError(faults.toSorted((left, right) => left.line - right.line));

const locate = (
  { path, rule, message, expected }: ContentFault,
  file: string,
  { lineOf }: YamlDocument,
): FileFault => ({
  file,
  line: lineOf(path),
  ...(rule !== undefined && { rule }),
  message: rule === undefined ? `${pathText(path)}: ${message}` : message,
  ...(expected !== undefined && { expected }),
});

type SchemaIssue = NonNullable<ReturnType<typeof PromotionsFile.safeParse>['error']>['issues'][number];

/** What zod calls types, as people call them. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text, in quotes if it looks like a number',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'fields with names',
};

const schemaFaults = (issue: SchemaIssue, content: unknown): ContentFault[] => {
  const path = issue.path as readonly (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is no known field' }));
  }
  const { value } = path.reduce<Located>((at, key) => fieldOf(at, String(key)), { path: [], value: content });
  if (value === undefined) return [{ path, message: 'is missing' }];
  switch (issue.code) {
    case 'invalid_type':
      return [{ path, message: 'is of the wrong type', expected: TYPE_WORDS[issue.expected] ?? issue.expected }];
    case 'invalid_value':
      return [{ path, message: 'is none of the known words', expected: issue.values.join(', ') }];
    default:
      return [{ path, message: issue.message }];
  }
};

const byId = (left: { readonly id: number }, right: { readonly id: number }): number => left.id - right.id;

const snapshotOf = ({ account, applications, campaigns, ...declared }: PromotionsFile): Snapshot =>
  withId({
    accountId: account,
    applications: applications.toSorted(byId),
    campaigns: applications
      .toSorted(byId)
      .flatMap((application) =>
        campaigns
          .filter((campaign) => campaign.application === application.id)
          .map((campaign) => campaignOf(campaign, application)),
      ),
    audiences: declared.audiences.toSorted(byId),
    attributes: declared.attributes.toSorted(byId),
    additionalCosts: declared.additionalCosts.toSorted(byId),
  });

const campaignOf = ({ application: applicationId, ...entry }: CampaignEntry, application: Application): Campaign => {
  const { coupons, referralSettings, rulesetId, features, limits, rules, ...plain } = entry;
  const declared = [
    ...(coupons.length > 0 ? ['coupons' as const] : []),
    ...(referralSettings ? ['referrals' as const] : []),
  ];
  return {
    ...plain,
    applicationId,
    rulesetId: rulesetId ?? entry.id,
    features: (features ?? declared).toSorted(),
    limits: limits.map((limit) => ({ ...limit, entities: limit.entities.toSorted() })),
    ...(referralSettings && { referralSettings }),
    coupons: coupons.toSorted(byId).map((coupon) => ({ ...coupon, value: foldCode(coupon.value, application) })),
    rules: rules.map(({ title, condition, effects }) => ({ title, condition, effects: effectsIn(effects) })),
  };
};
