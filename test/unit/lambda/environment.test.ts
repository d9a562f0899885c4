import { expect, test } from 'vitest';
import { ConfigurationError } from '../../../lib/contract/errors.ts';
import { readEnvironment } from '../../../lib/lambda/environment.ts';

test('a function is asked for what it needs and for nothing else', () => {
  expect(readEnvironment(['STAGE'], { STAGE: 'prod' })).toEqual({ STAGE: 'prod' });
});

test('stores and secrets say what they are and where', () => {
  const env = { STORE: 'sqlite:.local/state.db', SECRETS: 'ssm:/demo/prod/' };
  expect(readEnvironment(['STORE', 'SECRETS'], env)).toEqual({
    STORE: { kind: 'sqlite', value: '.local/state.db' },
    SECRETS: { kind: 'ssm', value: '/demo/prod/' },
  });
});

test('account and size have defaults, also for a variable that is empty', () => {
  const defaults = { ACCOUNT_ID: 1, MAX_BODY_BYTES: 5_242_880 };
  expect(readEnvironment(['ACCOUNT_ID', 'MAX_BODY_BYTES'], {})).toEqual(defaults);
  expect(readEnvironment(['ACCOUNT_ID', 'MAX_BODY_BYTES'], { ACCOUNT_ID: '', MAX_BODY_BYTES: '' })).toEqual(defaults);
  expect(readEnvironment(['ACCOUNT_ID'], { ACCOUNT_ID: '7' })).toEqual({ ACCOUNT_ID: 7 });
});

test('every variable that is missing or refused is named, with what to set it to', () => {
  const read = () => readEnvironment(['STORE', 'STAGE', 'KEY_SECRET'], { STORE: 'mysql:x', STAGE: 'prod' });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(
    'STORE is refused: set it to sqlite:<path of a file> or dynamodb:<name of a table>; KEY_SECRET is not set: set it to',
  );
});

test('a refusal does not repeat the value', () => {
  expect(() => readEnvironment(['KEY_SECRET'], { KEY_SECRET: 'hunter2' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
});

test.each([
  ['STORE', 'sqlite:'],
  ['STORE', 'sqlite'],
  ['STAGE', 'a stage'],
  ['ACCOUNT_ID', '0'],
  ['ACCOUNT_ID', '1.5'],
  ['MAX_BODY_BYTES', '5 MiB'],
  ['INBOX_QUEUE_URL', 'inbox'],
  ['SECRETS', 'env:x'],
] as const)('%s=%s is refused', (name, value) => {
  expect(() => readEnvironment([name], { [name]: value })).toThrow(`${name} is refused`);
});
