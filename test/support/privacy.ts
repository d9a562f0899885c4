import { randomUUID } from 'node:crypto';
import { type Asked, acceptRequest } from '../../lib/privacy/accept.ts';
import { cancelRequest } from '../../lib/privacy/cancel.ts';
import { PERSON_SEAL, type Person } from '../../lib/privacy/person.ts';
import { receiptKey } from '../../lib/privacy/receipt-key.ts';
import { findRequest } from '../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../lib/privacy/request.ts';
import { type RunDeps, type RunLine, runErasures, verifyErasures } from '../../lib/privacy/run.ts';
import { Privacy } from '../../lib/privacy/settings.ts';
import type { Checked, Erased, Target } from '../../lib/privacy/targets/target.ts';
import { sealFor } from '../../lib/store/seal.ts';
import { segments } from '../../lib/store/segment.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import { watched } from './engine.ts';

/** The KEY_SECRET of the tests' stage. */
export const SECRET = 'a secret of the tests of privacy';

/** A target that remembers people, for as long as nobody erases them. */
export interface FakeTarget extends Target {
  readonly people: Set<string>;
  /** Replaces what it does: throws, or says something else. */
  erasing: (person: Person) => Erased | undefined;
  checking: (person: Person) => Checked | undefined;
  readonly calls: string[];
}

/** A target that says what it is told to, and else does as it should. */
export const fakeTarget = (name: string): FakeTarget => {
  const self: FakeTarget = {
    name,
    about: { checked: 'asked' },
    people: new Set(),
    erasing: () => undefined,
    checking: () => undefined,
    calls: [],
    erase: async (person) => {
      self.calls.push(`erase ${person.profiles.join(' ')}`);
      const said = self.erasing(person);
      if (said) return said;
      const removed = person.profiles.filter((profile) => self.people.delete(profile)).length;
      return removed === 0 ? { outcome: 'not_found' } : { outcome: 'confirmed', counts: { profiles: removed } };
    },
    check: async (person) => {
      self.calls.push('check');
      return (
        self.checking(person) ?? (person.profiles.some((profile) => self.people.has(profile)) ? 'present' : 'absent')
      );
    },
  };
  return self;
};

/** A stage with a clock that stands still until it is moved. */
export const privacyStage = ({
  settings = {},
  targets = [fakeTarget('engine')],
  profiles = 1_000_000,
}: {
  readonly settings?: Parameters<typeof Privacy.parse>[0];
  readonly targets?: readonly FakeTarget[];
  readonly profiles?: number;
} = {}) => {
  let now = new Date('2026-03-02T10:00:00Z');
  const store = watched(openSqliteStore(':memory:', { now: () => now }));
  const lines: RunLine[] = [];
  const exported: string[] = [];
  const deps: RunDeps & Parameters<typeof acceptRequest>[1] = {
    store,
    accountId: 1,
    segment: segments(SECRET),
    seal: sealFor(SECRET, PERSON_SEAL),
    settings: Privacy.parse(settings),
    now: () => now,
    mayBegin: () => true,
    targets: async () => targets,
    purge: () => store.purge(),
    log: (line) => lines.push(line),
    countProfiles: async (_environment, most) => Math.min(profiles, most),
    export: async ({ id }) => void exported.push(id),
    callBack: async () => {},
    key: receiptKey(SECRET),
    about: Object.fromEntries(targets.map(({ name, about }) => [name, about])),
    recipients: [],
  };
  return {
    deps,
    store,
    lines,
    exported,
    now: () => now,
    /** @param ms how far the clock goes. */
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    ask: async (asked: Partial<Asked> = {}): Promise<PrivacyRequest> => {
      const { request } = await acceptRequest(
        {
          kind: 'erasure',
          source: 'officer',
          sourceId: randomUUID(),
          environment: 'live',
          regulation: 'gdpr',
          profiles: ['ann'],
          received: now,
          graceDays: 0,
          ...asked,
        },
        deps,
      );
      return request;
    },
    read: async (id: string): Promise<PrivacyRequest> => {
      const found = await findRequest(id, deps);
      if (!found) throw new Error('no such request');
      return found.request;
    },
    cancel: (id: string) => cancelRequest(id, 'changed their mind', deps),
    run: () => runErasures(deps),
    verify: () => verifyErasures(deps),
  };
};

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
