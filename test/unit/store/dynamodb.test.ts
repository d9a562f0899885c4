import { randomUUID } from 'node:crypto';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DynamoDbStoreOptions, openDynamoDbStore } from '../../../lib/store/dynamodb.ts';
import { type Change, type Key, StaleWriteError, type Store } from '../../../lib/store/store.ts';
import { canRunDynamoDbLocal, type DynamoDbLocal, startDynamoDbLocal } from '../../support/dynamodb-local.ts';
import { storeSuite } from './store.suite.ts';

const table = `items-${randomUUID()}`;

type Command = { readonly input: ServiceInputTypes };
type Send = (command: Command) => Promise<ServiceOutputTypes>;

/** Stands between the store and its client: may answer itself, pass on, or swallow the reply. */
type Interceptor = (send: Send, command: Command) => Promise<ServiceOutputTypes>;

const intercepted = (client: DynamoDBClient, intercept: Interceptor): DynamoDBClient => {
  const send = client.send.bind(client) as unknown as Send;
  client.send = ((command: Command) => intercept(send, command)) as unknown as DynamoDBClient['send'];
  return client;
};

const lostReply = () => Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });

describe.skipIf(!canRunDynamoDbLocal())('on DynamoDB Local', () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
    await local.createTable(table);
  }, 90_000);
  afterAll(() => local.stop());

  storeSuite('DynamoDB', {
    open: async (now) => openDynamoDbStore({ table, client: local.client, now }),
    runs: 10,
  });

  const begin = (intercept?: Interceptor, more: Partial<DynamoDbStoreOptions> = {}) => {
    const client = intercept ? intercepted(local.newClient(), intercept) : local.newClient();
    const id = randomUUID();
    const pauses: number[] = [];
    let now = new Date('2026-03-01T12:00:00Z');
    const store = openDynamoDbStore({
      table,
      client,
      now: () => now,
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
      },
      ...more,
    });
    return {
      store,
      client,
      pauses,
      key: (sort: string): Key => ({ partition: id, sort }),
      pass: (seconds: number): void => {
        now = new Date(now.getTime() + seconds * 1000);
      },
      in: (seconds: number): Date => new Date(now.getTime() + seconds * 1000),
    };
  };

  const put = (key: Key, data: string, expected: number | 'absent' = 'absent'): Change => ({
    put: { key, data },
    expect: expected,
  });

  const seed = async (store: Store, key: (sort: string) => Key): Promise<void> =>
    store.write([put(key('data'), 'data'), { add: key('counts'), by: { n: 1 } }], randomUUID());

  const WRITES: [string, (key: (sort: string) => Key) => Change[]][] = [
    ['a put of something new', (key) => [put(key('new'), 'new')]],
    ['a put of a version', (key) => [put(key('data'), 'changed', 1)]],
    ['an add', (key) => [{ add: key('counts'), by: { n: 1 } }]],
    ['a bounded add', (key) => [{ add: key('counts'), by: { n: 1 }, atMost: { n: 2 } }]],
    ['a removal', (key) => [{ remove: key('data') }]],
    ['a removal of a version', (key) => [{ remove: key('data'), expect: 1 }]],
    [
      'several changes',
      (key) => [put(key('new'), 'new'), { add: key('counts'), by: { n: 1 } }, { remove: key('data'), expect: 1 }],
    ],
  ];

  describe('a lost reply', () => {
    /** A client that loses the reply to the next write whenever `lose` was called. */
    const losing = () => {
      let armed = false;
      const intercept: Interceptor = async (send, command) => {
        const reply = await send(command);
        const isWrite =
          command instanceof PutItemCommand ||
          command instanceof TransactWriteItemsCommand ||
          (command instanceof DeleteItemCommand && command.input.ConditionExpression === undefined);
        if (!armed || !isWrite) return reply;
        armed = false;
        throw lostReply();
      };
      const lose = () => {
        armed = true;
      };
      return { intercept, lose };
    };

    const outcome = async (store: Store, key: (sort: string) => Key) =>
      (await store.get(['new', 'data', 'counts'].map(key))).map(
        (item) => item && [item.version, item.data, item.counts.n],
      );

    const expectedOutcome = async (changes: (key: (sort: string) => Key) => Change[]) => {
      const { store, key } = begin();
      await seed(store, key);
      await store.write(changes(key), randomUUID());
      return outcome(store, key);
    };

    test.each(WRITES)('of %s: the caller sends the attempt again, and it has one effect', async (_, changes) => {
      for (const seconds of [0, 60]) {
        const { intercept, lose } = losing();
        const { store, key, pass } = begin(intercept);
        await seed(store, key);
        lose();
        const attempt = randomUUID();
        await expect(store.write(changes(key), attempt)).rejects.toThrow('socket hang up');
        pass(seconds);
        await store.write(changes(key), attempt);
        expect(await outcome(store, key)).toEqual(await expectedOutcome(changes));
      }
    });

    test.each(WRITES)('of %s: another process sends the attempt again, and it has one effect', async (_, changes) => {
      const { store, key, client } = begin();
      await seed(store, key);
      const attempt = randomUUID();
      await store.write(changes(key), attempt);
      const later = () => new Date('2026-03-01T12:05:00Z');
      await openDynamoDbStore({ table, client, now: later }).write(changes(key), attempt);
      expect(await outcome(store, key)).toEqual(await expectedOutcome(changes));
    });

    test.each(WRITES)('of %s: the SDK sends the request again, and nobody notices', async (_, changes) => {
      const { store, key, client } = begin();
      await seed(store, key);
      const { requestHandler } = client.config;
      const handle = requestHandler.handle.bind(requestHandler);
      let requests = 0;
      requestHandler.handle = async (request, options) => {
        const reply = await handle(request, options);
        requests += 1;
        if (requests === 1) throw lostReply();
        return reply;
      };
      await store.write(changes(key), randomUUID());
      expect(requests).toBe(2);
      expect(await outcome(store, key)).toEqual(await expectedOutcome(changes));
    });

    test('of an add that started an expired count again: one effect, whoever adds in between', async () => {
      const { intercept, lose } = losing();
      const { store, key, pass, in: after, client } = begin(intercept);
      await store.write([{ add: key('c'), by: { n: 50 }, expires: after(5) }], randomUUID());
      pass(5);
      lose();
      const attempt = randomUUID();
      await expect(store.write([{ add: key('c'), by: { n: 1 } }], attempt)).rejects.toThrow('socket hang up');
      const other = openDynamoDbStore({ table, client, now: () => after(0) });
      await other.write([{ add: key('c'), by: { n: 10 } }], randomUUID());
      pass(2);
      await store.write([{ add: key('c'), by: { n: 1 } }], attempt);
      expect((await store.get([key('c')]))[0]?.counts).toEqual({ n: 11 });
    });

    test('of a put that somebody has overwritten since is never applied over theirs', async () => {
      const { intercept, lose } = losing();
      const { store, key } = begin(intercept);
      lose();
      const attempt = randomUUID();
      await expect(store.write([put(key('a'), 'mine')], attempt)).rejects.toThrow('socket hang up');
      await store.write([put(key('a'), 'theirs', 1)], randomUUID());
      await expect(store.write([put(key('a'), 'mine')], attempt)).rejects.toThrow(StaleWriteError);
      expect((await store.get([key('a')]))[0]).toMatchObject({ version: 2, data: 'theirs' });
    });
  });

  describe('a transaction in the way', () => {
    const cancelled = (...codes: string[]) =>
      new TransactionCanceledException({
        message: 'cancelled',
        $metadata: {},
        CancellationReasons: codes.map((Code) => ({ Code })),
      });
    const failing =
      (times: number, error: () => Error): Interceptor =>
      async (send, command) => {
        const isWrite = command instanceof PutItemCommand || command instanceof TransactWriteItemsCommand;
        if (isWrite && times-- > 0) throw error();
        return send(command);
      };

    test.each([
      ['other transactions', () => cancelled('TransactionConflict', 'None')],
      ['throttling', () => cancelled('None', 'ThrottlingError')],
    ])('%s: the write is repeated after a pause', async (_, error) => {
      const { store, key, pauses } = begin(failing(3, error));
      await store.write([put(key('a'), 'a'), put(key('b'), 'b')], randomUUID());
      expect((await store.get([key('a')]))[0]?.data).toBe('a');
      expect(pauses).toHaveLength(3);
    });

    test('a lone put is repeated too', async () => {
      const conflict = () => new TransactionConflictException({ message: 'conflict', $metadata: {} });
      const { store, key, pauses } = begin(failing(1, conflict));
      await store.write([put(key('a'), 'a')], randomUUID());
      expect(pauses).toHaveLength(1);
    });

    test('for ever: the write is stale, for the keys in conflict', async () => {
      const { store, key, pauses } = begin(
        failing(Number.POSITIVE_INFINITY, () => cancelled('None', 'TransactionConflict')),
      );
      const write = store.write([put(key('a'), 'a'), put(key('b'), 'b')], randomUUID());
      await expect(write).rejects.toMatchObject({ name: 'StaleWriteError', keys: [key('b')] });
      expect(pauses).toHaveLength(5);
    });

    test('for ever throttled: the error is what DynamoDB said', async () => {
      const { store, key } = begin(failing(Number.POSITIVE_INFINITY, () => cancelled('ThrottlingError', 'None')));
      const write = store.write([put(key('a'), 'a'), put(key('b'), 'b')], randomUUID());
      await expect(write).rejects.toThrow(TransactionCanceledException);
    });

    test('a reason that no repetition cures is passed on at once', async () => {
      const { store, key, pauses } = begin(failing(1, () => cancelled('ValidationError', 'None')));
      const write = store.write([put(key('a'), 'a'), put(key('b'), 'b')], randomUUID());
      await expect(write).rejects.toThrow(TransactionCanceledException);
      expect(pauses).toEqual([]);
    });
  });

  describe('a read that DynamoDB cuts short', () => {
    /** Answers at most `most` of the keys of a batch. */
    const cut =
      (most: number): Interceptor =>
      async (send, command) => {
        if (!(command instanceof BatchGetItemCommand)) return send(command);
        const asked = command.input.RequestItems?.[table];
        const keys = asked?.Keys ?? [];
        const [taken, left] = [keys.slice(0, most), keys.slice(most)];
        const request = new BatchGetItemCommand({ RequestItems: { [table]: { ...asked, Keys: taken } } });
        const reply = taken.length > 0 ? await send(request) : { $metadata: {} };
        return { ...reply, UnprocessedKeys: left.length > 0 ? { [table]: { ...asked, Keys: left } } : {} };
      };

    test('is continued at once until all is there', async () => {
      const { store, key, pauses } = begin(cut(2));
      const keys = ['a', 'b', 'c', 'd', 'e'].map(key);
      await store.write(
        keys.map((each) => put(each, each.sort)),
        randomUUID(),
      );
      expect((await store.get([...keys, key('none')])).map((item) => item?.data)).toEqual([
        'a',
        'b',
        'c',
        'd',
        'e',
        undefined,
      ]);
      expect(pauses).toEqual([]);
    });

    test('is given up, with longer and longer pauses, when nothing comes', async () => {
      const { store, key, pauses } = begin(cut(0));
      await expect(store.get([key('a'), key('b')])).rejects.toThrow('left 2 keys unread');
      expect(pauses).toHaveLength(5);
    });
  });

  describe('capacity', () => {
    test('every request is reported, and a lone put is no transaction', async () => {
      const seen: [string, { read: number; write: number }][] = [];
      const { store, key } = begin(undefined, { onCapacity: (...report) => seen.push(report) });
      const taken = () => seen.splice(0);
      await store.write([put(key('a'), 'a')], randomUUID());
      expect(taken()).toEqual([['PutItem', { read: 0, write: 1 }]]);
      await store.write([put(key('b'), 'b'), put(key('c'), 'c')], randomUUID());
      // DynamoDB takes two units for each KB of a transaction's items; DynamoDB Local reports one.
      expect(taken()).toEqual([['TransactWriteItems', { read: 0, write: expect.any(Number) }]]);
      await store.write([{ remove: key('c') }], randomUUID());
      expect(taken()).toEqual([['DeleteItem', { read: 0, write: 1 }]]);
      await store.get([key('a')]);
      expect(taken()).toEqual([['GetItem', { read: 1, write: 0 }]]);
      await store.get([key('a'), key('b')]);
      expect(taken()).toEqual([['BatchGetItem', { read: 2, write: 0 }]]);
      await store.query('items', { partition: key('').partition });
      expect(taken()).toEqual([['Query', { read: 1, write: 0 }]]);
    });
  });

  test('close leaves the client of somebody else alone', async () => {
    const { store, key, client } = begin();
    await store.close();
    await openDynamoDbStore({ table, client }).write([put(key('a'), 'a')], randomUUID());
  });
});
