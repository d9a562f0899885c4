import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSignedBy, readContentSignature } from '../../../lib/lambda/content-signature.ts';

const DIGEST = '0dbc664752c37541281e3eef8eee0d2d';

describe('a header is read', () => {
  test.each([
    ['as documented', `signer=5; signature=${DIGEST}`],
    ['without the blank', `signer=5;signature=${DIGEST}`],
    ['with more of them', `  signer = 5 ;  signature = ${DIGEST}  `],
    ['the other way round', `signature=${DIGEST}; signer=5`],
    ['in upper case', `signer=5; signature=${DIGEST.toUpperCase()}`],
  ])('%s', (_, header) => {
    expect(readContentSignature(header)).toEqual({ signer: 5, digest: Buffer.from(DIGEST, 'hex') });
  });

  test.each([
    ['', 'nothing'],
    ['signer=5', 'one part'],
    [`signer=5; signature=${DIGEST}; signature=${DIGEST}`, 'a part twice'],
    [`signer=5; signer=5`, 'one part twice'],
    [`signer=5; signature=${DIGEST}; more=1`, 'a third part'],
    [`signer=5, signature=${DIGEST}`, 'a comma'],
    [`Signer=5; signature=${DIGEST}`, 'another name'],
    [`signer=0; signature=${DIGEST}`, 'zero'],
    [`signer=05; signature=${DIGEST}`, 'a leading zero'],
    [`signer=-5; signature=${DIGEST}`, 'a sign'],
    [`signer=1234567890; signature=${DIGEST}`, 'more than an id'],
    [`signer=shop; signature=${DIGEST}`, 'a name'],
    [`signer=5; signature=${DIGEST.slice(1)}`, '31 digits'],
    [`signer=5; signature=${DIGEST}00`, '34 digits'],
    [`signer=5; signature==${DIGEST}`, 'a second ='],
    [`signer=5; signature=${'z'.repeat(32)}`, 'no hex'],
  ])('not: %s (%s)', (header) => {
    expect(readContentSignature(header)).toBeUndefined();
  });

  test('without ever failing', () => {
    const parts = fc.array(fc.oneof(fc.constantFrom(';', '=', ' ', 'signer', 'signature', '5', DIGEST), fc.string()));
    fc.assert(fc.property(parts, (words) => void readContentSignature(words.join(''))));
  });
});

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const isSigned = (body: string, digest: string, keys = [hex('fefecafedeadbeef')]) =>
  isSignedBy(keys, Buffer.from(body), hex(digest));

describe('a signature', () => {
  test.each([
    ['', DIGEST],
    ['{}', '0ab22833fdd54e7d6f6a95dffd158d9e'],
    ['{"attributes":{"Name":"Ann"}}', 'fe4ffeb38148c82ada38bf749cc9fe04'],
    ['{"attributes":{"Name":"Zoë"}}', '9a41696cf36f0adf47ad185c1b8633b8'],
  ])('of %j is right (semantics.md H2)', (body, digest) => {
    expect(isSigned(body, digest)).toBe(true);
    expect(isSigned(`${body} `, digest)).toBe(false);
  });

  test('keyed with the digits in place of the bytes that they stand for is wrong', () => {
    const digest = 'e8bab272f7a9feea2f7ac96c0f1f4c2d';
    expect(digest).toBe(createHmac('md5', 'fefecafedeadbeef').update('{}').digest('hex'));
    expect(isSigned('{}', digest)).toBe(false);
  });

  test('of any of the keys is right, of none of no keys', () => {
    const keys = [hex('aa'), hex('fefecafedeadbeef'), hex('bb')];
    expect(isSigned('', DIGEST, keys)).toBe(true);
    expect(isSigned('', DIGEST, [])).toBe(false);
  });

  test('is right for exactly the key and the bytes that it was made from', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), (key, body, at) => {
        const digest = createHmac('md5', key).update(body).digest();
        expect(isSignedBy([key], body, digest)).toBe(true);
        const other = body.with(at % body.length, (body[at % body.length] ?? 0) ^ 1);
        expect(isSignedBy([key], other, digest)).toBe(false);
      }),
    );
  });
});
