import type { Seal } from '../store/seal.ts';
import { planOf } from './advance.ts';
import { move } from './move.ts';
import { openPerson, type Person } from './person.ts';
import type { ReceiptDeps } from './receipts.ts';
import { findRequest } from './register.ts';
import type { PrivacyRequest } from './request.ts';
import type { Checked, Target } from './targets/target.ts';

/** What erasing needs. */
export interface EraseDeps extends ReceiptDeps {
  /** Opens persons (`PERSON_SEAL`). */
  readonly seal: Seal;
  /** The targets of an environment, in the order in which they are erased. */
  targets(environment: Person['environment']): Promise<readonly Target[]>;
  /** Whether there is time for another call. */
  mayBegin(): boolean;
  /** Until when a target must have answered. */
  readonly deadline?: Date | undefined;
  /** Makes sure that what was removed can be read from no file of the store's own. */
  purge(): Promise<void>;
}

/**
 * Erases a request's person from the targets that are due, each on its own: one that fails is tried again later. Once all
 * are done it is due to be read back (`checkFor`).
 *
 * Before the first deletion one conditional write says that it has begun, so of a cancellation and a deletion only one
 * can win. A hold stops it between two targets. A crash after a target was erased erases it once more.
 *
 * @returns the request as it is then.
 * @throws StaleWriteError when others changed the request time and again: the next run goes on.
 */
export const eraseFor = async (id: string, deps: EraseDeps): Promise<PrivacyRequest | undefined> => {
  let request = (await findRequest(id, deps))?.request;
  if (!request) return undefined;
  const targets = await deps.targets(request.environment);
  if (planOf(request, deps.now()).begin) {
    const names = targets.map(({ name }) => name);
    const isPending = ({ status }: PrivacyRequest) => status === 'pending';
    request = await move(id, { kind: 'begun', targets: names }, deps, isPending);
  }
  for (const target of targets) {
    if (!request || !deps.mayBegin()) return request;
    if (!planOf(request, deps.now()).erase.includes(target.name)) continue;
    request = await eraseTarget(request, target, deps);
  }
  return request && withoutLost(request, targets, deps);
};

/** A target that is in no settings any more cannot be erased from: an officer says what becomes of it. */
const withoutLost = async (
  request: PrivacyRequest,
  targets: readonly Target[],
  deps: EraseDeps,
): Promise<PrivacyRequest | undefined> => {
  let current: PrivacyRequest | undefined = request;
  for (const target of planOf(request, deps.now()).erase) {
    if (targets.some(({ name }) => name === target)) continue;
    current = await move(request.id, { kind: 'failed', target, reason: 'it is in no settings any more' }, deps);
  }
  return current;
};

const eraseTarget = async (
  { id, sealed = '' }: PrivacyRequest,
  target: Target,
  deps: EraseDeps,
): Promise<PrivacyRequest | undefined> => {
  const { name } = target;
  try {
    const person = openPerson(sealed, id, deps.seal);
    const result = await target.erase(person, { request: id, deadline: deps.deadline });
    return await move(id, { kind: 'erased', target: name, result }, deps);
  } catch (error) {
    return await move(id, { kind: 'failed', target: name, reason: nameOf(error) }, deps);
  }
};

/**
 * Reads back whether anything is left of a request's person, where that is due.
 *
 * @returns the request as it is then: with what is left to be deleted once more.
 */
export const checkFor = async (request: PrivacyRequest, deps: EraseDeps): Promise<PrivacyRequest | undefined> => {
  if (!planOf(request, deps.now()).check) return request;
  const { id, sealed = '', environment } = request;
  const call = { request: id, deadline: deps.deadline };
  const found: Record<string, Checked> = {};
  try {
    const person = openPerson(sealed, id, deps.seal);
    await deps.purge();
    for (const target of await deps.targets(environment)) found[target.name] = await target.check(person, call);
  } catch (error) {
    return move(id, { kind: 'unchecked', reason: `not read back: ${nameOf(error)}` }, deps);
  }
  return move(id, { kind: 'checked', found }, deps);
};

/** Another server's words may name the person. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
