import { readFile } from 'node:fs/promises';
import type { Receipt } from '../privacy/receipt.ts';
import { type ReceiptPublicKey, readPublicKey } from '../privacy/receipt-key.ts';
import { type Verdict, verifyFile } from '../privacy/verify-receipt.ts';
import type { PrivacyDeps } from './privacy-deps.ts';
import type { PrivacyCommand } from './privacy-usage.ts';
import { Refusal } from './refusal.ts';
import { counted, minuteOf, shortText } from './table.ts';

/** Verifies a file of receipts with nothing but the file, and says what that proves and what it does not. */
export const verifyIt = async (
  { file, key, fingerprint }: Extract<PrivacyCommand, { command: 'verify' }>,
  { print, fail }: Pick<PrivacyDeps, 'print' | 'fail'>,
): Promise<void> => {
  const trusted = key === undefined ? undefined : await keyIn(key);
  const verdict = verifyFile(await bytesOf(file), {
    ...(trusted && { key: trusted }),
    ...(fingerprint !== undefined && { fingerprint }),
  });
  if (verdict.faults.length > 0) {
    print([`WRONG: ${file}`, ...verdict.faults.map((fault) => `  ${shortText(fault, 1_000)}`)].join('\n'));
    return fail();
  }
  print([`RIGHT: ${file}`, ...provenLines(verdict), '', 'Not proven:', ...unprovenLines(verdict)].join('\n'));
};

const bytesOf = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`${file} cannot be read (${error.code})`);
  });

/** A key in PEM, or as the stage's endpoint answers it. @throws Refusal when it is none. */
const keyIn = async (file: string): Promise<ReceiptPublicKey> => {
  const text = (await bytesOf(file)).toString();
  const key = readPublicKey(pemIn(text));
  if (!key)
    throw new Refusal(
      `${file} holds no public key of Ed25519: expected PEM, or the answer of /.well-known/erasure-receipt-key`,
    );
  return key;
};

const pemIn = (text: string): string => {
  try {
    const { pem } = JSON.parse(text) as { readonly pem?: unknown };
    return String(pem);
  } catch {
    return text;
  }
};

const provenLines = (verdict: Verdict): string[] => {
  const { receipts, linked, request, key, isKeyTrusted } = verdict;
  const last = lastOf(verdict);
  return [
    `  every byte is as it was issued; key ${key?.fingerprint}${isKeyTrusted ? ', the one you know' : ''}`,
    ...receipts.flatMap((receipt) => {
      const { sequence, issued, software, status } = receipt;
      const link = linked.has(sequence) ? `, follows receipt ${sequence - 1}` : '';
      const head = `  receipt ${sequence}: signed, issued ${minuteOf(issued)} UTC by ${shown(software)}${link}`;
      if (receipt.request !== request) return [`${head}; of another request`];
      return receipt === last ? [head, ...storyOf(receipt)] : [`${head}: ${status}`];
    }),
  ];
};

/** The last word on the request. */
const lastOf = ({ receipts, request }: Verdict): Receipt | undefined =>
  receipts.findLast((receipt) => receipt.request === request);

const shown = (text: string): string => shortText(text, 300);

/** What a receipt says. */
const storyOf = (receipt: Receipt): string[] => {
  const { kind, regulation, environment, source, request, subject, status, times, targets, checks } = receipt;
  const end = times.verified ?? times.completed;
  const late =
    end === undefined
      ? ''
      : (times.completed ?? end) < times.legal
        ? ', before the legal date'
        : ', AFTER THE LEGAL DATE';
  const line = (name: string, value: string) => `    ${name.padEnd(14)} ${shown(value)}`;
  return [
    line('request', `${request}, ${kind} (${regulation}, ${environment}) from ${source}, subject ${subject}`),
    line('status', `${status}${late}`),
    line('received', `${minuteOf(times.received)} UTC; due before ${minuteOf(times.legal)} UTC`),
    ...(times.extension
      ? [line('extended', `${counted(times.extension.months, 'month')}: ${times.extension.reason}`)]
      : []),
    ...(times.firstDeletion ? [line('first deletion', `${minuteOf(times.firstDeletion)} UTC`)] : []),
    ...(times.completed ? [line('completed', `${minuteOf(times.completed)} UTC`)] : []),
    ...(times.verified ? [line('verified', `${minuteOf(times.verified)} UTC`)] : []),
    ...targets.map(({ name, state, at, reason, checked }) =>
      line(name, `${state} ${minuteOf(at)} UTC${reason === undefined ? '' : ` (${reason})`}; checked: ${checked}`),
    ),
    ...checks.map(({ due, at, found = {} }) =>
      at === undefined
        ? line('read back', `planned for ${minuteOf(due)} UTC`)
        : line(
            'read back',
            `${minuteOf(at)} UTC: ${Object.entries(found)
              .map((each) => each.join(' '))
              .join(', ')}`,
          ),
    ),
    ...(receipt.resurrections > 0
      ? [line('found again', `${counted(receipt.resurrections, 'time')}, and deleted again`)]
      : []),
    ...(receipt.recipients.length > 0 ? [line('recipients', receipt.recipients.join(', '))] : []),
  ];
};

const unprovenLines = (verdict: Verdict): string[] => {
  const { receipts, isKeyTrusted } = verdict;
  const last = lastOf(verdict);
  const gaps = receipts.flatMap(({ sequence }, index) => {
    const before = receipts[index - 1]?.sequence ?? sequence;
    return sequence > before + 1 ? [`the receipts between ${before} and ${sequence}: they are not in the file`] : [];
  });
  return [
    ...(isKeyTrusted
      ? []
      : [
          "that the key is the shop's: compare its fingerprint with GET /.well-known/erasure-receipt-key, or give --fingerprint",
        ]),
    'that what the receipts say is true: they are the word of who holds the key, unchanged since',
    `that there is no later receipt than ${receipts.at(-1)?.sequence}`,
    ...gaps,
    ...(last?.targets ?? []).flatMap(({ name, unchecked }) =>
      unchecked === undefined ? [] : [`${name}: ${unchecked}`],
    ),
    ...(last?.unchecked ?? []),
  ].map((each) => `  ${shown(each)}`);
};
