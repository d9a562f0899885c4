import { writeFile } from 'node:fs/promises';
import { EXPORT_SEAL, openExport } from '../privacy/access.ts';
import { fileText, type Proof, proofOf } from '../privacy/proof.ts';
import { receiptKey } from '../privacy/receipt-key.ts';
import type { PrivacyRequest } from '../privacy/request.ts';
import { verifyFile } from '../privacy/verify-receipt.ts';
import { sealFor } from '../store/seal.ts';
import { only, type PrivacyDeps } from './privacy-deps.ts';
import type { PrivacyCommand } from './privacy-usage.ts';
import { Refusal } from './refusal.ts';
import { counted } from './table.ts';

type Request<Command> = Extract<PrivacyCommand, { readonly command: Command }>;

/** Writes a file that proves what became of a request. */
export const proveIt = async ({ id, to, chain }: Request<'proof'>, deps: PrivacyDeps): Promise<void> => {
  const { request } = await only(id, deps);
  if (request.receipts.length === 0) {
    throw new Refusal(
      `There is no receipt yet: ${request.id} is ${request.status}. npm run privacy -- status ${request.id}`,
    );
  }
  const { publicKey } = receiptKey(deps.keySecret());
  const proof = await proofOf(request, publicKey, chain, deps);
  const text = fileText(proof);
  if (verifyFile(Buffer.from(text)).faults.length > 0) {
    throw new Refusal('The receipts do not verify: KEY_SECRET is another one, or they were changed in the store');
  }
  await writeNew(to, text);
  deps.print(
    [
      `${to}: ${counted(request.receipts.length, 'receipt')} of ${request.id}${besideOf(proof, request)}; no personal data`,
      `Key fingerprint ${publicKey.fingerprint}`,
      `Next: npm run privacy -- verify ${to} --fingerprint ${publicKey.fingerprint}`,
    ].join('\n'),
  );
};

const besideOf = ({ receipts }: Proof, { receipts: own }: PrivacyRequest): string =>
  receipts.length === own.length ? '' : ` and ${receipts.length - own.length} beside them`;

/** Writes what an access request asked for into a file, in clear. */
export const exportIt = async ({ id, to }: Request<'export'>, deps: PrivacyDeps): Promise<void> => {
  const { request } = await only(id, deps);
  if (request.kind !== 'access') throw new Refusal(`${request.id} is an erasure: it exports nothing`);
  const seal = sealFor(deps.keySecret(), EXPORT_SEAL);
  const records = await openExport(request.id, { ...deps, seal });
  if (!records) {
    throw new Refusal(
      request.status === 'completed'
        ? 'The export is gone: it is kept for two weeks. Ask for it again: npm run privacy -- request <profile> --access'
        : `The export is not made yet: ${request.id} is ${request.status}. npm run privacy -- status ${request.id}`,
    );
  }
  await writeNew(to, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  deps.print(
    `${to}: ${counted(records.length, 'record')} in clear, one JSON object a line. Hand it to the person, then delete it`,
  );
};

/** A file that is there may be the only copy of something. Nobody else may read what is written. */
const writeNew = async (file: string, text: string): Promise<void> => {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new Refusal(
      code === 'EEXIST' ? `${file} is there already: name a new file` : `${file} cannot be written (${code})`,
    );
  }
};
