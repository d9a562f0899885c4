import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleCosts } from './bundles.ts';
import { clientCosts } from './client.ts';
import { erasures } from './erasures.ts';
import { handlerRatios } from './handlers.ts';
import { inboxConcurrency } from './inbox.ts';
import { sessionStorage } from './session-storage.ts';
import { signatureRatios } from './signatures.ts';
import { throughput } from './throughput.ts';

/** One line of the report: what was measured, what came out, what it should be. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly budget?: string;
  /** Whether the value keeps its budget. */
  readonly kept?: boolean;
}

/**
 * A part of the bench. `gate` does what will be measured once and checks that the result is right: a figure of something
 * that does not work is worth nothing.
 */
export interface Part {
  readonly title: string;
  /** @throws AssertionError when the result is wrong. */
  gate(): Promise<void>;
  measure(): Promise<readonly Figure[]>;
  close?(): Promise<void>;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const { values } = parseArgs({ options: { gate: { type: 'boolean', default: false } } });
const parts: readonly Part[] = [
  sessionStorage,
  handlerRatios,
  signatureRatios,
  inboxConcurrency,
  throughput,
  erasures,
  clientCosts,
  bundleCosts,
];

print(
  `promotion-functions bench · Node ${process.versions.node} · ${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}`,
);
print('Correctness gate');
let failed = false;
for (const part of parts) {
  try {
    await part.gate();
    print(`  ✓ ${part.title}`);
  } catch (error) {
    failed = true;
    print(`  ✗ ${part.title}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
if (failed) print('The gate is closed: no figures.');
else if (!values.gate) {
  for (const part of parts) {
    print(part.title);
    for (const { what, value, budget, kept } of await part.measure()) {
      const verdict = kept === undefined ? ' ' : kept ? '✓' : '✗';
      print(` ${verdict} ${what.padEnd(51)}${value.padStart(36)}${budget ? `   ${budget}` : ''}`);
    }
  }
}
for (const part of parts) await part.close?.();
process.exitCode = failed ? 1 : 0;
