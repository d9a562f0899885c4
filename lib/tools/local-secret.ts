import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';

const SERVICE = 'serverless.yml';

const LocalStage = z.object({ params: z.object({ local: z.object({ keySecret: z.string() }) }) });

/** The KEY_SECRET of the local stage, from where its functions get it too. */
export const readLocalKeySecret = async (): Promise<string> => {
  // The tags of CloudFormation mean nothing here, and are no reason to warn.
  const service: unknown = parse(await readFile(SERVICE, 'utf8'), { logLevel: 'error' });
  return LocalStage.parse(service).params.local.keySecret;
};
