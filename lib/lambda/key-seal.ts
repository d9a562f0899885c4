import { sealFor } from '../store/seal.ts';

/** Encrypts the keys that sign, each for the one place in which it is stored. */
export interface KeySeal {
  /** @param id of the key (keys.ts). */
  seal(key: Uint8Array, application: number, id: string): string;
  /** Undefined: not sealed with this secret for this account, Application and id, or changed since. */
  open(sealed: string, application: number, id: string): Buffer | undefined;
}

/** Keeps this use of the secret apart from all others. */
const LABEL = 'promotion-functions signing keys v1';

/**
 * Seals keys as `sealFor` does (lib/store/seal.ts); account, Application and id are the place.
 *
 * @param secret the stage's KEY_SECRET.
 */
export const keySeal = (secret: string, accountId: number): KeySeal => {
  const { seal, open } = sealFor(secret, LABEL);
  const placeOf = (application: number, id: string): string => `${accountId}/${application}/${id}`;
  return {
    seal: (key, application, id) => seal(key, placeOf(application, id)),
    open: (sealed, application, id) => open(sealed, placeOf(application, id)),
  };
};
