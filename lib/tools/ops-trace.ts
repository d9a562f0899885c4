import { listFailures } from '../inbox/failures.ts';
import { findStories, type Story, type ToldEntry } from '../inbox/story.ts';
import type { OpsDeps } from './ops-deps.ts';
import { shortText } from './table.ts';

const INDENT = ' '.repeat(21);
const LONGEST = 200;

/** Prints what happened to an order, a session or a delivery, and what to do next where something waits. */
export const tellTrace = async (asked: string, deps: OpsDeps): Promise<void> => {
  const { stories, appliedAt } = await findStories(asked, { ...deps, segment: deps.segment() });
  for (const story of stories) deps.print(`${told(story, asked)}\n`);
  const parked = stories.length > 0 ? [] : await parkedOf(asked, deps);
  if (stories.length === 0 && appliedAt !== undefined) {
    deps.print(`The delivery was applied at ${secondOf(appliedAt)} UTC. It concerns no session: no more is told of it`);
  } else if (stories.length === 0 && parked.length === 0) deps.print(NOTHING);
  for (const line of new Set([...stories.flatMap(nextOf), ...parked.map(showParked)])) deps.print(line);
};

const NOTHING = `Nothing is known of it. Ask by <shop>:order/<id>, by the whole id of a session or of a delivery (64 characters;
"delivery" in the log). What is older than 30 days is forgotten; what came in just now may still be in the queue`;

const showParked = (id: string): string => `Parked. Next: npm run ops -- failures show ${id.slice(0, 8)}`;

const nextOf = ({ entries }: Story): string[] => {
  const last = entries.at(-1);
  return [
    ...entries.filter(({ isParked }) => isParked).map(({ message = '' }) => showParked(message)),
    ...(last?.outcome === 'held' ? [`Held. Next: npm run ops -- resume ${last.shop}`] : []),
    ...(last?.outcome === 'failed'
      ? [`It waits and is tried again. Next: find why in the log of applyInbox, by delivery ${last.delivery}`]
      : []),
  ];
};

const parkedOf = async (asked: string, deps: OpsDeps): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { id, delivery } of listFailures({}, deps)) if (delivery === asked) ids.push(id);
  return ids;
};

const told = ({ session, entries, earlier }: Story, asked: string): string => {
  const order = entries.findLast((entry) => entry.order !== undefined);
  const application = entries.find((entry) => entry.application !== undefined)?.application;
  const head = [
    `Session ${shortText(session, LONGEST)}`,
    application !== undefined && `Application ${application}`,
    order?.order !== undefined && `order ${shortText(order.order, LONGEST)} of ${order.shop}`,
  ];
  const lines = entries.flatMap((entry, index) => linesOf(entry, entries[index - 1], asked));
  const before = earlier > 0 ? [`${INDENT}(${earlier} earlier entries)`] : [];
  return [head.filter(Boolean).join(' · '), 'times in UTC', ...before, ...lines].join('\n');
};

/** To the second, in UTC. */
const secondOf = (moment: string): string => moment.slice(0, 19).replace('T', ' ');

const linesOf = (entry: ToldEntry, before: ToldEntry | undefined, asked: string): string[] => {
  const { at, delivery, message, type, shop, received, queued } = entry;
  const isNew = before?.delivery !== delivery || before.message !== message;
  const way = [
    received !== undefined && `received and verified ${timeOf(received, at)}`,
    queued !== undefined && `queued ${timeOf(queued, at)}`,
  ].filter(Boolean);
  const mark = delivery === asked ? '  ◀' : '';
  const from = `${[shop, type].filter(Boolean).join(' ')} ${shortText(delivery, LONGEST)}${mark}`;
  const outcome = `${secondOf(at)}  ${outcomeOf(entry)}`;
  const head = isNew ? ['', `${from.trim()}`, ...(way.length > 0 ? [`${INDENT}${way.join(', ')}`] : [])] : [];
  return [...head, outcome, ...effectsOf(entry)];
};

/** The date only where it is another than that of what is told. */
const timeOf = (moment: string, beside: string): string =>
  moment.slice(0, 10) === beside.slice(0, 10) ? moment.slice(11, 19) : secondOf(moment);

const outcomeOf = ({ outcome, reason, state, operation, isParked }: ToldEntry): string => {
  const parts = [
    outcome,
    reason !== undefined && `: ${shortText(reason, LONGEST)}`,
    state !== undefined && !reason?.endsWith(state) && ` → ${state}`,
    operation !== undefined && ` (${operation})`,
    outcome === 'parked' && (isParked ? ', still parked' : ', no longer parked'),
  ];
  return parts.filter(Boolean).join('');
};

const effectsOf = ({ effects, publishing }: ToldEntry): string[] => {
  if (!effects || effects.count === 0) return [];
  const { count, types } = effects;
  const end = publishing === undefined ? 'for nobody: the shop wants none' : PUBLISHING[publishing];
  return [`${INDENT}${count} effect${count === 1 ? '' : 's'}: ${shortText(types.join(', '), LONGEST)} · ${end}`];
};

const PUBLISHING = {
  published: 'published',
  waiting: 'waiting to be published (look at publishEffects and its log)',
} as const;
