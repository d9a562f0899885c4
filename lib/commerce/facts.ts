import type { SessionHistory, SessionState } from './history.ts';
import type { Picture } from './picture.ts';
import type { Shop } from './shops.ts';
import type { ReportStep } from './step.ts';

/** What is reported of a session beside its content, and the state in which it takes it. */
const REPORTED_IN = {
  cart_abandoned: 'open',
  order_fulfilled: 'closed',
  order_edited: 'closed',
} as const satisfies Record<string, SessionState>;
type Reported = keyof typeof REPORTED_IN;

/** A fact is named by its event, and where it may happen more than once, by what tells one time from another. */
const SEPARATOR = '/';

/** What a picture says that the shop wants to be reported. */
const factsIn = ({ order, abandoned }: Picture, before: SessionHistory | undefined, { events }: Shop): string[] =>
  events.filter((name) => (name === 'order_fulfilled' ? order?.fulfilled : abandoned && before?.order === undefined));

type Facts = Pick<SessionHistory, 'due' | 'reported'>;

/** The facts still to be reported: what was seen earlier and what is seen now, each once. */
export const openFacts = (before: SessionHistory | undefined, picture: Picture, shop: Shop): Facts =>
  withFacts(before, factsIn(picture, before, shop));

/** The history of an order that was given this content after its session was closed: to be reported once for each. */
export const withEdit = (before: SessionHistory, content: string): SessionHistory => ({
  ...before,
  ...withFacts(before, [`order_edited${SEPARATOR}${content}`]),
});

const withFacts = (before: SessionHistory | undefined, facts: readonly string[]): Facts => {
  const { due = [], reported } = before ?? {};
  const open = [...new Set([...due, ...facts])].filter((fact) => !reported?.includes(fact));
  return { ...(open.length > 0 && { due: open }), ...(reported && { reported }) };
};

/**
 * The calls that report what is due and what the session's state lets be reported, each fact once whatever happens in
 * between (commerce-platforms.md §9). A cart that became an order is not abandoned any more.
 */
export const factSteps = (session: string, before: SessionHistory): ReportStep[] => {
  const steps: ReportStep[] = [];
  let history = before;
  for (const fact of before.due ?? []) {
    const type = fact.split(SEPARATOR)[0] as Reported;
    if (REPORTED_IN[type] !== before.state || (type === 'cart_abandoned' && before.order !== undefined)) continue;
    const { due = [], reported = [], ...rest } = history;
    const left = due.filter((each) => each !== fact);
    history = { ...rest, ...(left.length > 0 && { due: left }), reported: [...reported, fact] };
    steps.push({
      operation: 'trackEvent',
      // It names no profile: it speaks for the session's, whoever that is by now (semantics.md §2.8). Nor any attribute:
      // one that the Application does not declare would be refused.
      input: { params: {}, query: { dry: false }, body: { type, attributes: {}, sessionId: session } },
      history,
    });
  }
  return steps;
};
