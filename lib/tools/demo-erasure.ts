import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LOCAL_KEY } from '../lambda/authenticate.ts';
import { fileText, proofOf } from '../privacy/proof.ts';
import { receiptKey } from '../privacy/receipt-key.ts';
import { listRequests } from '../privacy/register.ts';
import type { PrivacyRequest } from '../privacy/request.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { readLocalKeySecret } from './local-secret.ts';
import type { Stack } from './stack.ts';

const ACCOUNT_ID = 1;

/** Runs what is due now, as the schedule does every five minutes. @throws Error when the function does. */
export const runErasures = async ({ ports }: Stack): Promise<void> => {
  const address = `http://127.0.0.1:${ports.lambda}/2015-03-31/functions/promotion-functions-local-runErasures/invocations`;
  const response = await fetch(address, { method: 'POST', body: '{}' });
  const text = await response.text();
  if (!text.includes('"ran"')) throw new Error(`runErasures: ${text}`);
};

/** Tells how the demo's only request stands, as it is kept, and writes the proof of it. */
export const tellErasure = async (folder: string, proofFile: string): Promise<string> => {
  const store = openSqliteStore(join(folder, 'state.db'));
  try {
    for await (const { request } of listRequests({ store, accountId: ACCOUNT_ID })) {
      await writeProof(request, proofFile, store);
      return inWords(request);
    }
    return 'no request was opened';
  } finally {
    await store.close();
  }
};

const writeProof = async (request: PrivacyRequest, file: string, store: Store): Promise<void> => {
  const { publicKey } = receiptKey(await readLocalKeySecret());
  const proof = await proofOf(request, publicKey, false, { store, accountId: ACCOUNT_ID });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, fileText(proof));
};

const HOUR = 3_600_000;

const inWords = ({ status, checks }: PrivacyRequest): string => {
  const [done, ...planned] = checks;
  const found = Object.values(done?.found ?? {});
  const isAbsent = found.length > 0 && found.every((each) => each === 'absent');
  const next = planned.map(({ due }) => (Date.parse(due) - Date.parse(done?.due ?? due)) / HOUR);
  return [
    status === 'completed' ? 'erased' : status,
    isAbsent ? 'read back absent' : `read back ${found.join(', ') || 'not yet'}`,
    `next checks ${next.map((hours) => (hours > 48 ? `${hours / 24} d` : `${hours} h`)).join(', ')}`,
  ].join(', ');
};

/** Whether the API still knows a profile. */
export const isKnown = async (profile: string, { ports }: Stack): Promise<boolean> => {
  const path = `/v1/customer_profiles/${encodeURIComponent(profile)}/inventory?profile=true`;
  const headers = { authorization: `ApiKey-v1 ${LOCAL_KEY}` };
  const { status } = await fetch(`http://127.0.0.1:${ports.http}${path}`, { headers });
  if (status !== 200 && status !== 404) throw new Error(`the inventory of ${profile} was answered ${status}`);
  return status === 200;
};
