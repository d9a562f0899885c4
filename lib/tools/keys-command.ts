import { randomBytes } from 'node:crypto';
import { isExpired } from '../lambda/keys.ts';
import { snapshotReader } from '../promotions/snapshot-reader.ts';
import { type KeyRegisterDeps, keyRegister, type RegisteredKey } from './key-register.ts';
import { KEYS_USAGE, type KeysRequest, readKeysRequest } from './keys-options.ts';
import { Refusal } from './refusal.ts';
import { minuteOf, tableOf } from './table.ts';

/** What `npm run keys` works with. */
export interface KeysCommandDeps extends Pick<KeyRegisterDeps, 'now' | 'newId'> {
  /** Opens where the keys are; called when the words are in order, and the store is closed afterwards. */
  open(): Promise<Pick<KeyRegisterDeps, 'store' | 'accountId' | 'keySecret'>>;
  print(text: string): void;
  /** A new key: 64 hexadecimal digits from the system's generator, unless a test brings its own. */
  readonly newKey?: () => string;
}

type Opened = Omit<KeysCommandDeps, 'open'> & KeyRegisterDeps;

const KEY_BYTES = 32;

/**
 * Does what the words after `npm run keys --` ask for, and prints what came of it. A key is printed once, when it is
 * created, and nowhere else.
 *
 * @throws Refusal naming every fault of the words, or what is not there.
 */
export const runKeysCommand = async (words: readonly string[], deps: KeysCommandDeps): Promise<void> => {
  const request = readKeysRequest(words, deps.now());
  if (!request) return deps.print(KEYS_USAGE);
  const opened: Opened = { ...deps, ...(await deps.open()) };
  try {
    if (request.command === 'create') await create(request, opened);
    else if (request.command === 'list') await list(request, opened);
    else await revoke(request, opened);
  } finally {
    await opened.store.close();
  }
};

type Create = Extract<KeysRequest, { command: 'create' }>;

const create = async ({ kind, application, title, signs, expires }: Create, deps: Opened): Promise<void> => {
  await demandApplication(application, deps);
  const key = deps.newKey?.() ?? randomBytes(KEY_BYTES).toString('hex');
  const id = await keyRegister(deps).add(key, {
    kind,
    application,
    title,
    created: deps.now().toISOString(),
    ...(expires && { expires: expires.toISOString() }),
    ...(signs && { signs }),
  });
  const until = expires ? `until ${minuteOf(expires.toISOString())} UTC` : 'until it is revoked';
  const lines = [
    `Key ${id} "${title}" for Application ${application}, ${until}.`,
    'It is shown only now, and works everywhere within a minute:',
    '',
    key,
    '',
    `Send it as        Authorization: ${kind === 'bearer' ? 'Bearer' : 'ApiKey-v1'} <key>`,
    ...(signs
      ? [
          `or sign each body Content-Signature: signer=${application}; signature=<hex>`,
          "                  HMAC-MD5 over the body's bytes, keyed with the bytes that the key's digits stand for",
        ]
      : []),
  ];
  deps.print(lines.join('\n'));
};

/** Keys are for Applications that there are. @throws Refusal saying which there are. */
const demandApplication = async (application: number, { store, accountId, now }: Opened): Promise<void> => {
  const snapshot = await snapshotReader(store, accountId, now).current();
  if (!snapshot)
    throw new Refusal(`No promotions are published for account ${accountId}: publish them, then create keys`);
  const known = snapshot.applications.map(({ id }) => id);
  if (!known.includes(application)) {
    throw new Refusal(`The published promotions know no Application ${application}, only ${known.join(', ')}`);
  }
};

const list = async ({ application }: { readonly application?: number }, deps: Opened): Promise<void> => {
  const keys = await keyRegister(deps).list();
  const shown = keys.filter((key) => application === undefined || key.application === application);
  const whose = application === undefined ? '' : ` of Application ${application}`;
  if (shown.length === 0) return deps.print(`There are no keys${whose}`);
  const rows = shown.map((key) => [
    key.id,
    key.signs ? `${key.kind}, signs` : key.kind,
    String(key.application),
    key.title,
    minuteOf(key.created),
    expiryOf(key, deps.now()),
  ]);
  deps.print(tableOf([['id', 'kind', 'application', 'title', 'created (UTC)', 'expires (UTC)'], ...rows]));
};

const revoke = async ({ id }: { readonly id: string }, deps: Opened): Promise<void> => {
  const key = await keyRegister(deps).revoke(id);
  if (!key) throw new Refusal(`There is no key ${id}: npm run keys -- list shows those that there are`);
  const { title, kind, application, signs } = key;
  const what = signs ? `${kind}, signs` : kind;
  deps.print(
    `Revoked ${id} "${title}" (${what}) of Application ${application}. Where it was just used it works for up to a minute more`,
  );
};

const expiryOf = (key: RegisteredKey, now: Date): string => {
  if (key.expires === undefined) return 'never';
  return `${minuteOf(key.expires)}${isExpired(key, now) ? ' (expired)' : ''}`;
};
