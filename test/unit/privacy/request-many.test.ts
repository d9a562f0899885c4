import { expect, test } from 'vitest';
import { acceptRequest } from '../../../lib/privacy/accept.ts';
import { listRequests } from '../../../lib/privacy/register.ts';
import { type AboutMany, type Opened, requestMany } from '../../../lib/privacy/request-many.ts';
import { suppressedOf } from '../../../lib/privacy/suppression.ts';
import { HOUR, privacyStage } from '../../support/privacy.ts';

const people = Array.from({ length: 60 }, (_, index) => `shopify:${index}`);

const setUp = () => {
  const stage = privacyStage();
  const about: AboutMany = {
    kind: 'erasure',
    source: 'shopify:demo',
    sourceId: 'left',
    environment: 'live',
    regulation: 'gdpr',
    received: stage.now(),
    graceDays: 0,
  };
  const told: Opened[] = [];
  const open = (profiles: Iterable<string>) =>
    requestMany(profiles, about, {
      accept: (asked) => acceptRequest(asked, stage.deps),
      progress: (done) => told.push(done),
    });
  return { stage, open, told };
};

test('each of many people has a request of their own, and is suppressed', async () => {
  const { stage, open, told } = setUp();
  expect(await open(people)).toEqual({ opened: 60, repeated: 0 });
  expect(told.at(0)).toEqual({ opened: 1, repeated: 0 });
  const requests = await Array.fromAsync(listRequests(stage.deps));
  expect(new Set(requests.map(({ request }) => request.subject)).size).toBe(60);
  expect((await suppressedOf('live', people, stage.deps)).size).toBe(60);
});

test('interrupted anywhere, it goes on and opens nothing twice', async () => {
  const { stage, open } = setUp();
  function* broken() {
    yield* people.slice(0, 7);
    throw new Error('the power went');
  }
  await expect(open(broken())).rejects.toThrow('the power went');
  expect(await open(people)).toEqual({ opened: 53, repeated: 7 });
  expect(await Array.fromAsync(listRequests(stage.deps))).toHaveLength(60);
});

test('so many are a flood: nothing is deleted before somebody has released the brake', async () => {
  const { stage, open } = setUp();
  await open(people);
  stage.pass(HOUR);
  await stage.run();
  expect(stage.lines.map(({ outcome }) => outcome)).toContain('braked');
  const requests = await Array.fromAsync(listRequests(stage.deps));
  expect(new Set(requests.map(({ request }) => request.status))).toEqual(new Set(['pending']));
});
