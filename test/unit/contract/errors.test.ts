import { describe, expect, test } from 'vitest';
import {
  ApiError,
  ConflictError,
  errorBody,
  IllegalTransitionError,
  InvalidRequestError,
  MethodNotAllowedError,
  NotFoundError,
  NotImplementedError,
  SignatureMismatchError,
  SuppressedError,
  TooLargeError,
  UnauthorizedError,
  UnknownPathError,
  UnsupportedMediaTypeError,
  UpstreamError,
  UpstreamTimeoutError,
} from '../../../lib/contract/errors.ts';

const issue = { title: 'Unknown', details: 'why', source: { pointer: '/a' } };

const CALL = { method: 'PUT', path: '/v1/things/{id}', status: 502 };

test('an error of another server names the call by its verb, its path and its status', () => {
  const error = new UpstreamError('bad gateway', CALL, 'retry');
  expect(error.message).toBe('PUT /v1/things/{id} answered 502: bad gateway');
  expect(error.upstream).toEqual(CALL);
  const { method, path } = CALL;
  expect(new UpstreamTimeoutError('no answer', { method, path }).message).toBe('PUT /v1/things/{id}: no answer');
});

test('a suppressed person is told by the title', () => {
  expect(errorBody(new SuppressedError(), false)).toMatchObject({ errors: [{ title: 'Suppressed' }], StatusCode: 409 });
});

describe('every error knows its status and what becomes of it on a queue', () => {
  test.each([
    [new InvalidRequestError([issue]), 400, 'park', 'InvalidRequestError'],
    [new IllegalTransitionError('open', 'closed'), 400, 'park', 'IllegalTransitionError'],
    [new UnauthorizedError(), 401, 'retry', 'UnauthorizedError'],
    [new SignatureMismatchError(), 400, 'retry', 'SignatureMismatchError'],
    [new NotFoundError('no'), 404, 'park', 'NotFoundError'],
    [new UnknownPathError(), 404, 'park', 'UnknownPathError'],
    [new MethodNotAllowedError(['PUT']), 405, 'park', 'MethodNotAllowedError'],
    [new ConflictError('profile'), 409, 'retry', 'ConflictError'],
    [new SuppressedError(), 409, 'drop', 'SuppressedError'],
    [new NotImplementedError('newer'), 501, 'park', 'NotImplementedError'],
    [new UpstreamError('bad gateway', CALL, 'retry'), 502, 'retry', 'UpstreamError'],
    [new UpstreamError('not of the contract', CALL, 'park'), 502, 'park', 'UpstreamError'],
    [new UpstreamTimeoutError('no answer', CALL), 504, 'retry', 'UpstreamTimeoutError'],
    [new TooLargeError('large'), 413, 'park', 'TooLargeError'],
    [new UnsupportedMediaTypeError(), 415, 'park', 'UnsupportedMediaTypeError'],
  ])('%s', (error, status, onQueue, name) => {
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status, onQueue, name });
  });
});

describe('the body of an error', () => {
  test('names its faults', () => {
    expect(errorBody(new InvalidRequestError([issue]), false)).toEqual({
      message: 'The submitted data was invalid',
      errors: [issue],
    });
  });

  test('names a hundred of them at most', () => {
    const many = Array.from({ length: 1000 }, () => issue);
    expect(errorBody(new InvalidRequestError(many), false).errors).toHaveLength(100);
  });

  test('of an illegal move is the text alone', () => {
    expect(errorBody(new IllegalTransitionError('open', 'closed'), false)).toEqual({
      message: 'Cannot move session to state "open" from state "closed"',
    });
  });

  test('of a wrong signature is the text of the API, to the letter', () => {
    expect(errorBody(new SignatureMismatchError(), false)).toEqual({ message: 'HMAC signature mismatch.' });
  });

  test('repeats the status, except in the 400 of rows that leave it out', () => {
    expect(errorBody(new InvalidRequestError([issue]), true)).toMatchObject({ StatusCode: 400 });
    expect(errorBody(new NotFoundError('no'), false)).toEqual({ message: 'no', StatusCode: 404 });
    expect(errorBody(new ConflictError('session'), false)).toEqual({
      message: 'Too many requests are updating this session at the same time',
      StatusCode: 409,
    });
  });
});
