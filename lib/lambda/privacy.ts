import { PERSON_SEAL } from '../privacy/person.ts';
import { type Privacy, readPrivacy } from '../privacy/settings.ts';
import { type Seal, sealFor } from '../store/seal.ts';
import { once } from './deps.ts';
import { shopsFile } from './shops-file.ts';

/** The stage's privacy settings. */
export const openPrivacy = (): Promise<Privacy> =>
  once('privacy', ['SHOPS_FILE'], async ({ SHOPS_FILE }) => readPrivacy(await shopsFile(SHOPS_FILE)));

/** Seals under the stage's secret, for one use of it. */
export const openSeal = (use: string = PERSON_SEAL): Promise<Seal> =>
  once(`seal ${use}`, ['KEY_SECRET'], ({ KEY_SECRET }) => sealFor(KEY_SECRET, use));
