import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keySeal } from '../../../lib/lambda/key-seal.ts';

const SECRET = 'a secret that never changes';
const KEY = Buffer.from('fefecafedeadbeef', 'hex');

test('what was sealed opens in its place', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.nat(), fc.string(), (key, application, id) => {
      const { seal, open } = keySeal(SECRET, 1);
      expect(open(seal(key, application, id), application, id)).toEqual(Buffer.from(key));
    }),
  );
});

test('and nowhere else: not in another account, Application or key, nor with another secret', () => {
  const sealed = keySeal(SECRET, 1).seal(KEY, 5, 'a');
  expect(keySeal(SECRET, 2).open(sealed, 5, 'a')).toBeUndefined();
  expect(keySeal(SECRET, 1).open(sealed, 6, 'a')).toBeUndefined();
  expect(keySeal(SECRET, 1).open(sealed, 5, 'b')).toBeUndefined();
  expect(keySeal('another secret than before', 1).open(sealed, 5, 'a')).toBeUndefined();
});

test('changed or cut anywhere it does not open', () => {
  const { seal, open } = keySeal(SECRET, 1);
  const sealed = Buffer.from(seal(KEY, 5, 'a'), 'base64url');
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(open(Buffer.from(changed).toString('base64url'), 5, 'a')).toBeUndefined();
    expect(open(sealed.subarray(0, at).toString('base64url'), 5, 'a')).toBeUndefined();
  }
});

test('the same key never looks the same twice, and is not seen', () => {
  const { seal } = keySeal(SECRET, 1);
  const sealed = [seal(KEY, 5, 'a'), seal(KEY, 5, 'a')];
  expect(new Set(sealed).size).toBe(2);
  for (const each of sealed) expect(Buffer.from(each, 'base64url').includes(KEY)).toBe(false);
});
