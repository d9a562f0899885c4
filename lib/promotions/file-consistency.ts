import { type ContentFault, fieldOf, type Located, membersOf } from './file-content.ts';
import { foldCode } from './promotions.ts';
import type { Application } from './snapshot.ts';

/**
 * Finds where parts of a promotions file contradict each other: ids, names and codes used twice, references that lead
 * nowhere, times in the wrong order. What is missing or of the wrong type is left to the schema.
 */
export const inconsistencies = (content: unknown): readonly ContentFault[] => {
  const file: Located = { path: [], value: content };
  const applications = membersOf(file, 'applications');
  const campaigns = membersOf(file, 'campaigns');
  const coupons = campaigns.flatMap((campaign) => membersOf(campaign, 'coupons'));
  const lists = ['applications', 'audiences', 'attributes', 'additionalCosts', 'campaigns'];
  return [
    ...lists.flatMap((list) => repeated(membersOf(file, list), 'id', 'this id')),
    ...repeated(coupons, 'id', 'this coupon id'),
    ...repeatedBy(campaigns, (campaign) => fieldOf(campaign, rulesetField(campaign)), 'this ruleset id'),
    ...['applications', 'audiences', 'additionalCosts'].flatMap((list) =>
      repeated(membersOf(file, list), 'name', 'this name'),
    ),
    ...groups(membersOf(file, 'attributes'), 'entity').flatMap((group) => repeated(group, 'name', 'this name')),
    ...groups(campaigns, 'application').flatMap((group) => repeated(group, 'name', 'this name')),
    ...campaigns.flatMap((campaign) => repeated(membersOf(campaign, 'rules'), 'title', 'this title')),
    ...campaigns.flatMap((campaign) => lost(fieldOf(campaign, 'application'), applications)),
    ...groups(campaigns, 'application').flatMap((group) => repeatedCodes(group, applications)),
    ...campaigns.flatMap((campaign) => disordered(campaign, 'startTime', 'endTime')),
    ...coupons.flatMap((coupon) => disordered(coupon, 'startDate', 'expiryDate')),
  ];
};

const isAtom = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** A fault for every place that has the value of an earlier one. */
const repeatedBy = (members: readonly Located[], by: (member: Located) => Located, what: string): ContentFault[] => {
  const seen = new Set<unknown>();
  return members.map(by).flatMap(({ path, value }) => {
    if (!isAtom(value)) return [];
    if (seen.has(value)) return [{ path, message: `${what} is used twice: ${JSON.stringify(value)}` }];
    seen.add(value);
    return [];
  });
};

const repeated = (members: readonly Located[], field: string, what: string): ContentFault[] =>
  repeatedBy(members, (member) => fieldOf(member, field), what);

/** A campaign's ruleset id is its own id unless the file gives another. */
const rulesetField = (campaign: Located): string =>
  fieldOf(campaign, 'rulesetId').value === undefined ? 'id' : 'rulesetId';

const groups = (members: readonly Located[], field: string): Located[][] => [
  ...Map.groupBy(members, (member) => fieldOf(member, field).value).values(),
];

const lost = ({ path, value }: Located, applications: readonly Located[]): ContentFault[] => {
  const ids = applications.map((application) => fieldOf(application, 'id').value);
  if (!isAtom(value) || ids.includes(value)) return [];
  return [{ path, message: `there is no application ${JSON.stringify(value)}`, expected: ids.join(', ') }];
};

/** Codes are compared as the Application compares them (semantics.md K1, K2). */
const repeatedCodes = (campaigns: readonly Located[], applications: readonly Located[]): ContentFault[] => {
  const [first] = campaigns;
  const id = first && fieldOf(first, 'application').value;
  const application = applications.find((one) => fieldOf(one, 'id').value === id);
  const mode = application && (fieldOf(application, 'caseSensitivity').value as Application['caseSensitivity']);
  return repeatedBy(
    campaigns.flatMap((campaign) => membersOf(campaign, 'coupons')),
    (coupon) => {
      const { path, value } = fieldOf(coupon, 'value');
      return {
        path,
        value: typeof value === 'string' ? foldCode(value, { caseSensitivity: mode ?? 'sensitive' }) : value,
      };
    },
    'this code',
  );
};

const disordered = (parent: Located, from: string, to: string): ContentFault[] => {
  const [start, end] = [fieldOf(parent, from), fieldOf(parent, to)].map(({ value }) =>
    typeof value === 'string' ? Date.parse(value) : Number.NaN,
  ) as [number, number];
  return start >= end ? [{ path: fieldOf(parent, to).path, message: `is not after ${from}` }] : [];
};
