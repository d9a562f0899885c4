import { expect, test } from 'vitest';
import { TooLargeError } from '../../../lib/contract/errors.ts';
import { httpRequest, rawBody } from '../../../lib/lambda/http-request.ts';

test.each(['a b', 'a/b', '50%', 'a%2Fb', 'a+b', 'Zoë 世界 😀', 'x'.repeat(1000), '?', '#', '..'])(
  'an id in the path comes through as API Gateway decoded it: %s',
  (id) => {
    expect(httpRequest({ rawPath: '/', pathParameters: { id } }).params).toEqual({ id });
  },
);

test.each([
  ['dry=true', { dry: 'true' }],
  ['dry=', { dry: '' }],
  ['dry', { dry: '' }],
  ['a=1&a=2', { a: ['1', '2'] }],
  ['a=1,2', { a: '1,2' }],
  ['a=%2B+b', { a: '+ b' }],
  ['', {}],
])('the query %s reads as %o', (rawQueryString, query) => {
  expect(httpRequest({ rawPath: '/', rawQueryString }).query).toEqual(query);
});

test('an event that has its query in parts only is read as well: a dry run must never become a real one', () => {
  expect(httpRequest({ rawPath: '/', queryStringParameters: { dry: 'true' } }).query).toEqual({ dry: 'true' });
});

test('names of headers are compared without case', () => {
  expect(httpRequest({ rawPath: '/', headers: { AUTHORIZATION: 'x' } }).headers).toEqual({ authorization: 'x' });
});

test('a body is the bytes that were sent, plain or in base64', () => {
  const text = '{"a": "é \\/ 😀"}';
  const plain = httpRequest({ rawPath: '/', body: text });
  const encoded = httpRequest({ rawPath: '/', body: Buffer.from(text).toString('base64'), isBase64Encoded: true });
  expect(rawBody(plain, 100)).toEqual(Buffer.from(text));
  expect(rawBody(encoded, 100)).toEqual(Buffer.from(text));
  const bytes = Buffer.from([0xff, 0xfe, 0x00]);
  const odd = httpRequest({ rawPath: '/', body: bytes.toString('base64'), isBase64Encoded: true });
  expect(rawBody(odd, 100)).toEqual(bytes);
});

test('the size is that of the bytes, and the limit itself is allowed', () => {
  const ten = httpRequest({ rawPath: '/', body: 'é'.repeat(5) });
  expect(rawBody(ten, 10)).toHaveLength(10);
  expect(() => rawBody(ten, 9)).toThrow(TooLargeError);
  const encoded = httpRequest({ rawPath: '/', body: Buffer.alloc(10).toString('base64'), isBase64Encoded: true });
  expect(rawBody(encoded, 10)).toHaveLength(10);
  expect(() => rawBody(encoded, 9)).toThrow(TooLargeError);
});

test.each([null, undefined, ''])('a body of %s is no body', (body) => {
  expect(rawBody(httpRequest({ rawPath: '/', body }), 1)).toHaveLength(0);
});
