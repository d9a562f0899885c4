import type { Order, Return } from './event.ts';
import type { SessionHistory } from './history.ts';
import { amountOf } from './mapping.ts';
import type { Shop } from './shops.ts';
import type { ReportStep } from './step.ts';

/** The refunds that are still to be reported: what was seen earlier and what this picture adds, each once (B37). */
export const openRefunds = (
  before: SessionHistory | undefined,
  order: Order | undefined,
  { disputes }: Shop,
): readonly Return[] => {
  const reported = new Set(before?.returned);
  const open = new Map<string, Return>();
  const seen = (order?.returns ?? []).filter(({ dispute }) => !dispute || disputes === 'event');
  for (const refund of [...(before?.pending ?? []), ...seen]) {
    if (!reported.has(refund.id)) open.set(refund.id, refund);
  }
  return [...open.values()];
};

/**
 * The calls that report a closed session's pending refunds as events, each refund once whatever happens in between
 * (commerce-platforms.md §9). No seed has a call for returns.
 */
export const refundSteps = (session: string, closed: SessionHistory): ReportStep[] => {
  const steps: ReportStep[] = [];
  let history = closed;
  for (const refund of closed.pending) {
    history = {
      ...history,
      pending: history.pending.filter(({ id }) => id !== refund.id),
      returned: [...history.returned, refund.id],
    };
    steps.push({
      operation: 'trackEvent',
      input: { params: {}, query: { dry: false }, body: refundEvent(session, closed, refund) },
      history,
    });
  }
  return steps;
};

/** It names no profile: it speaks for the session's, whoever that is by now (semantics.md §2.8). */
const refundEvent = (sessionId: string, { order }: SessionHistory, { id, amount, lines }: Return) => ({
  type: lines.length > 0 ? 'order_partially_returned' : 'order_refunded_amount',
  attributes: {
    ...(order !== undefined && { orderId: order }),
    refundId: id,
    amount: amountOf(amount),
    ...(lines.length > 0 && { lines: lines.map(({ sku, quantity }) => `${sku}×${quantity}`) }),
  },
  sessionId,
});
