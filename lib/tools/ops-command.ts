import { backfill } from './ops-backfill.ts';
import { connectShop } from './ops-connect.ts';
import type { OpenedOps, OpsDeps } from './ops-deps.ts';
import { examine } from './ops-doctor.ts';
import { enableIt } from './ops-enable.ts';
import { discardOne, listThem, retryThem, showOne } from './ops-failures.ts';
import { OPS_USAGE, type OpsRequest, readOpsRequest } from './ops-options.ts';
import { pauseIt, resumeIt } from './ops-pause.ts';
import { reconcile } from './ops-reconcile.ts';
import { status } from './ops-status.ts';
import { tellTrace } from './ops-trace.ts';

/** What the command needs from outside. */
export interface OpsCommandDeps extends Pick<OpsDeps, 'now' | 'print' | 'wait' | 'show' | 'fail' | 'fetch'> {
  /** Opens the stage's things; called when the words are in order. */
  open(): Promise<OpenedOps>;
}

/**
 * Does what the words after `npm run ops --` ask for, and prints what came of it.
 *
 * @throws Refusal naming every fault of the words, or what is not there.
 */
export const runOpsCommand = async (words: readonly string[], deps: OpsCommandDeps): Promise<void> => {
  const request = readOpsRequest(words);
  if (!request) return deps.print(OPS_USAGE);
  const opened: OpsDeps = { ...(await deps.open()), ...deps };
  try {
    await run(request, opened);
  } finally {
    await opened.store.close();
  }
};

const run = (request: OpsRequest, deps: OpsDeps): Promise<void> => {
  switch (request.command) {
    case 'status':
      return status(deps);
    case 'list':
      return listThem(request, deps);
    case 'show':
      return showOne(request, deps);
    case 'retry':
      return retryThem(request, deps);
    case 'discard':
      return discardOne(request, deps);
    case 'trace':
      return tellTrace(request.asked, deps);
    case 'pause':
      return pauseIt(request.shop, deps);
    case 'resume':
      return resumeIt(request.shop, request.rate, deps);
    case 'enable':
      return enableIt(request.shop, deps);
    case 'backfill':
      return backfill(request, deps);
    case 'reconcile':
      return reconcile(request, deps);
    case 'connect':
      return connectShop(request, deps);
    case 'doctor':
      return examine(request.shop, deps);
  }
};
