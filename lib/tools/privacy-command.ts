import { cancelIt, clarifyIt, extendIt, goIt, holdIt, releaseIt, settleIt, stopIt } from './privacy-change.ts';
import type { OpenedPrivacy, PrivacyDeps } from './privacy-deps.ts';
import { listThem, overview } from './privacy-list.ts';
import { readPrivacyCommand } from './privacy-options.ts';
import { exportIt, proveIt } from './privacy-proof.ts';
import { requestIt } from './privacy-request.ts';
import { tellStatus } from './privacy-status.ts';
import { PRIVACY_USAGE, type PrivacyCommand } from './privacy-usage.ts';
import { verifyIt } from './privacy-verify.ts';

/** What the command needs from outside. */
export interface PrivacyCommandDeps extends Pick<PrivacyDeps, 'now' | 'print' | 'show' | 'fail'> {
  /** Opens the stage's things; called when the words are in order, and not to verify. */
  open(): Promise<OpenedPrivacy>;
}

/**
 * Does what the words after `npm run privacy --` ask for, and prints what came of it.
 *
 * @throws Refusal naming every fault of the words, what is not there, or why a request cannot be changed.
 */
export const runPrivacyCommand = async (words: readonly string[], deps: PrivacyCommandDeps): Promise<void> => {
  const command = readPrivacyCommand(words, deps.now());
  if (!command) return deps.print(PRIVACY_USAGE);
  if (command.command === 'verify') return verifyIt(command, deps);
  const opened: PrivacyDeps = { ...(await deps.open()), ...deps };
  try {
    await run(command, opened);
  } finally {
    await opened.store.close();
  }
};

const run = (command: Exclude<PrivacyCommand, { command: 'verify' }>, deps: PrivacyDeps): Promise<void> => {
  switch (command.command) {
    case 'overview':
      return overview(deps);
    case 'request':
      return requestIt(command, deps);
    case 'status':
      return tellStatus(command, deps);
    case 'list':
      return listThem(command, deps);
    case 'hold':
      return holdIt(command, deps);
    case 'release':
      return releaseIt(command, deps);
    case 'clarify':
      return clarifyIt(command, deps);
    case 'settle':
      return settleIt(command, deps);
    case 'stop':
      return stopIt(command, deps);
    case 'go':
      return goIt(command, deps);
    case 'cancel':
      return cancelIt(command, deps);
    case 'extend':
      return extendIt(command, deps);
    case 'export':
      return exportIt(command, deps);
    case 'proof':
      return proveIt(command, deps);
  }
};
