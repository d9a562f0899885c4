import { customersPrefix } from '../commerce/shop-customers.ts';
import { profileIdsWith } from '../engine/profile-ids.ts';
import { recordsOf } from '../engine/records.ts';
import { type AcceptDeps, type Asked, acceptRequest } from '../privacy/accept.ts';
import { PERSON_SEAL } from '../privacy/person.ts';
import { hasEnded, type PrivacyRequest } from '../privacy/request.ts';
import { requestMany } from '../privacy/request-many.ts';
import { sealFor } from '../store/seal.ts';
import { segments } from '../store/segment.ts';
import { StaleWriteError } from '../store/store.ts';
import { barOf } from './ops-progress.ts';
import { calendarOf, lastDayOf, leftOf } from './privacy-dates.ts';
import type { PrivacyDeps } from './privacy-deps.ts';
import { type FileRequest, readRequestFile } from './privacy-file.ts';
import type { Asking, PrivacyCommand } from './privacy-usage.ts';
import { Refusal } from './refusal.ts';
import { minuteOf, shortText } from './table.ts';

type Request = Extract<PrivacyCommand, { command: 'request' }>;

/** Accepts one request, or those of a file, and says what comes next. */
export const requestIt = async ({ asking, from }: Request, deps: PrivacyDeps): Promise<void> => {
  const settings = await deps.settings();
  const secret = deps.keySecret();
  const accepting = { ...deps, settings, segment: segments(secret), seal: sealFor(secret, PERSON_SEAL) };
  const graceDays = settings.graceDays.officer;
  if ('file' in from) return requestFile(from.file, asking, { ...accepting, graceDays }, deps);
  if ('shop' in from) return requestShop(from, asking, { ...accepting, graceDays }, deps);
  const { request, repeated } = await acceptRequest(askedOf({ ...asking, ...from }, graceDays, deps.now()), accepting);
  await tell(request, repeated, deps);
};

/**
 * The source's id of a request: the officer's own reference with the profile, so that a number that is given twice never
 * hides a second person behind the first; without one, the profile, and for access, which may be asked for again, the day.
 */
const askedOf = (
  { profile, aliases = [], reference, kind, environment, regulation, received = undefined }: FileRequest & Asking,
  graceDays: number,
  now: Date,
): Asked => {
  const at = received ?? now;
  const day = kind === 'access' ? at.toISOString().slice(0, 10) : '';
  return {
    kind,
    source: 'officer',
    sourceId: JSON.stringify([kind, environment, profile, reference === undefined ? day : `reference ${reference}`]),
    environment,
    regulation,
    profiles: [profile, ...aliases],
    received: at,
    graceDays,
  };
};

const tell = async (request: PrivacyRequest, repeated: boolean, deps: PrivacyDeps): Promise<void> => {
  const { id, kind, status, notBefore, safe, legal } = request;
  const calendar = await calendarOf(deps);
  const until = (deadline: string) => `${lastDayOf(deadline, calendar)} (${leftOf(deadline, calendar)})`;
  const lines = repeated
    ? [
        `It was asked before: ${kind} ${id}, ${status}. Nothing is changed`,
        ...(hasEnded(request) ? ['To ask anew, give it a --reference of its own'] : []),
      ]
    : [
        `Accepted ${kind} ${id}: ${status}`,
        ...(kind === 'erasure'
          ? [`The person is suppressed from now on; nothing is deleted before ${minuteOf(notBefore)} UTC`]
          : []),
        `Safe date ${until(safe)}, legal date ${until(legal)}`,
      ];
  deps.print([...lines, `Next: npm run privacy -- status ${id}`].join('\n'));
};

const requestFile = async (
  file: string,
  asking: Asking,
  accepting: AcceptDeps & { readonly graceDays: number },
  deps: PrivacyDeps,
): Promise<void> => {
  const { requests, faults } = await readRequestFile(file, deps.now());
  if (faults.length > 0) throw new Refusal([`${file} is refused, and nothing of it was asked:`, ...faults].join('\n'));
  const began = deps.now().getTime();
  const counts = { accepted: 0, repeated: 0, unclear: 0, failed: 0 };
  for (const [index, { line, request }] of requests.entries()) {
    try {
      const asked = askedOf({ ...asking, ...request }, accepting.graceDays, deps.now());
      const answer = await acceptRequest(asked, accepting);
      counts[answer.repeated ? 'repeated' : 'accepted']++;
      if (answer.request.status === 'requires_input') counts.unclear++;
    } catch (error) {
      if (!(error instanceof StaleWriteError)) throw error;
      counts.failed++;
      deps.print(`line ${line} was not accepted: others were changing the same person`);
    }
    const done = index + 1;
    deps.show(barOf(done / requests.length, `${done} of ${requests.length}`, deps.now().getTime() - began));
  }
  const parts = [
    `${requests.length} read, ${counts.accepted} accepted`,
    ...(counts.repeated > 0 ? [`${counts.repeated} were asked before`] : []),
    ...(counts.unclear > 0 ? [`${counts.unclear} require input: npm run privacy -- list --status requires_input`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed: run it again, what was accepted stays as it is`] : []),
  ];
  deps.print(`${parts.join('; ')}\nNext: npm run privacy -- list`);
  if (counts.failed > 0) deps.fail();
};

/** Names the requests of a shop that has left: asked again, they are the same. */
const LEFT = 'left';

const requestShop = async (
  { shop: name, yes }: Extract<Request['from'], { readonly shop: string }>,
  asking: Asking,
  accepting: AcceptDeps & { readonly graceDays: number },
  deps: PrivacyDeps,
): Promise<void> => {
  const { [name]: shop, ...others } = Object.fromEntries(await deps.shops());
  if (!shop) throw new Refusal(`There is no shop ${shortText(name, SHORT_NAME)} in shops.yaml`);
  const prefix = customersPrefix(name, shop, new Map(Object.entries(others)));
  const { kind, environment, regulation, received = deps.now() } = asking;
  // Any Application's do: profiles are the environment's.
  const records = recordsOf({ id: shop.application, environment }, deps.accountId, accepting.segment);
  if (!yes) {
    let count = 0;
    for await (const _ of profileIdsWith(prefix, records, deps)) deps.show(`${++count} customers`);
    const what = kind === 'erasure' ? 'would be suppressed at once, and erased' : 'would be asked for';
    deps.print(`${count} customers of ${name} in the ${environment} environment ${what}\nAdd --yes to do it`);
    return;
  }
  const { opened, repeated } = await requestMany(
    profileIdsWith(prefix, records, deps),
    {
      kind,
      source: `${shop.platform}:${name}`,
      sourceId: JSON.stringify([LEFT, kind, environment]),
      environment,
      regulation,
      received,
      graceDays: accepting.graceDays,
    },
    {
      accept: (asked) => acceptRequest(asked, accepting),
      progress: (done) => deps.show(`${done.opened + done.repeated} customers`),
    },
  );
  const before = repeated > 0 ? `; ${repeated} were asked before` : '';
  deps.print(
    `${opened} customers of ${name} in the ${environment} environment accepted${before}. Guests are not among them\nNext: npm run privacy -- list`,
  );
};

const SHORT_NAME = 40;
