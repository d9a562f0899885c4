import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from 'vitest';

/** Payloads that others made. They stand beside the project, never in it. */
const FOLDER = resolve(import.meta.dirname, '../../../shared/fixtures');

/** @throws Error in CI (CI=true), where nothing may be skipped; elsewhere it says loudly what is. */
const arePresent = (): boolean => {
  if (existsSync(FOLDER)) return true;
  const what = `payloads that others made are not at ${FOLDER}`;
  if (process.env.CI === 'true') throw new Error(what);
  process.stderr.write(`SKIPPED: ${what}\n`);
  return false;
};

/** A block of tests that need such payloads. */
export const describeThirdParty = describe.skipIf(!arePresent());

/** A payload that others made, read anew at each call. */
export const thirdParty = (file: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
