/** A test that proves a promise: its file, and its title or a part that only it has. */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

/** One of the engineering promises that such a system has to keep. */
export interface Promised {
  readonly says: string;
  /** What proves it. */
  readonly tests?: readonly Proof[];
  /** Why nothing proves it, or the part of it that is not tested. */
  readonly notOurs?: string;
}

const proofs =
  (folder: string) =>
  (file: string, ...titles: readonly string[]): Proof[] =>
    titles.map((title) => ({ file: `test/${folder}${file}.test.ts`, title }));

const test = proofs('');
const platform = proofs('unit/commerce/platforms/');
const commerce = proofs('unit/commerce/');
const inbox = proofs('unit/inbox/');
const lambda = proofs('unit/lambda/');

/** The promises B1 to B42 and what proves each. */
export const PROMISES: Readonly<Record<string, Promised>> = {
  B1: {
    says: 'Signatures cover the bytes that arrived, plain or in base64, and are checked before anything is read',
    tests: [
      ...test('functions/webhook', 'the signature is over the bytes, plain or in base64'),
      ...platform(
        'shopify/authenticate',
        'odd spacing, escapes, emoji, invalid UTF-8 and nothing at all',
        'the same JSON written differently is not',
      ),
      ...platform('shopify/interpret', 'is refused for __proto__, nesting, invalid UTF-8 and missing ends'),
      ...platform('stripe/authenticate', 'with odd spacing, escapes, invalid UTF-8 and nothing at all'),
    ],
  },
  B2: {
    says: 'While a secret is changed, the old and the new one are good, and one of several signatures is enough',
    tests: [
      ...platform('standard/authenticate', 'are accepted under the current secret and the previous one'),
      ...commerce(
        'standard-webhooks',
        'one good signature among others is enough, under the current key or the previous one',
      ),
      ...platform('stripe/authenticate', 'may have several signatures while a secret is rolled'),
      ...test('functions/webhook', 'the previous secret is good as well, any other is not'),
      ...lambda('signed-requests', 'a key stops signing to the moment when it expires'),
    ],
  },
  B3: {
    says: 'A signed time may be off by five minutes, behind and ahead, and must be whole seconds',
    tests: [
      ...platform('standard/authenticate', 'are accepted up to 300 seconds off, either way'),
      ...platform('stripe/authenticate', 'may be 300 seconds off, behind and', 'is whole seconds, however well'),
      ...commerce(
        'standard-webhooks',
        'may be 300 seconds off, either way',
        'is whole seconds, however well it is signed',
      ),
    ],
  },
  B4: {
    says: 'A signature of any length or text is refused in the same way, and never crashes the comparison',
    tests: [
      ...platform('shopify/authenticate', 'of any other length is refused, 0 to 200', 'of any text never crashes'),
      ...test('functions/webhook', 'a wrong signature, no signature and an unknown shop are answered alike'),
    ],
  },
  B5: {
    says: 'A key that a delivery names is fetched from the one host that may have it, else not at all',
    tests: platform('adobe-commerce/authenticate', 'is fetched from Adobe’s host alone'),
  },
  B6: {
    says: 'A delivery is answered at once: the receiver waits for its queue and for no other server',
    tests: [
      ...test('functions/webhook', '$name is answered although no other server is'),
      ...test('functions/package', 'of a webhook reaches no table'),
    ],
  },
  B7: {
    says: 'A delivery is acknowledged only when it is queued; when it cannot be, its repetition is taken',
    tests: test(
      'functions/webhook',
      'a signed delivery is queued and then answered with 200',
      'a queue that is away: 503 and when to try again, and the retry is taken',
    ),
  },
  B8: {
    says: 'The status says whether a repetition helps: 4xx for lasting faults, 5xx and a time to come back for passing ones',
    tests: [
      ...test(
        'functions/webhook',
        'signed nonsense is answered with its faults',
        'a queue that is away: 503 and when to try again, and the retry is taken',
        'what nobody foresaw is a 500 that says nothing',
      ),
      ...platform('adobe-commerce/authenticate', 'that cannot be read now is an outage, so that Adobe tries again'),
    ],
    notOurs: 'We never answer 410 or 429 to a platform: no subscription is unwanted, and the queue takes any rate',
  },
  B9: {
    says: 'A delivery that comes again has no second effect for 15 days, longer than any sender repeats it',
    tests: inbox(
      'process',
      'the same event again does nothing, in the same batch or 14 days later',
      'that a call was made is remembered for longer than any queue or platform delivers',
    ),
  },
  B10: {
    says: 'Deliveries are told apart by their bytes, where two of one second share the id that their sender gives',
    tests: platform('woocommerce/interpret', 'is named by its bytes and by nothing else'),
  },
  B11: {
    says: 'However many events tell that an order was paid, its session closes once and its code is used once',
    tests: [
      ...test('scenarios/order-life', 'a paid order has used its code once and given its discount'),
      ...test('scenarios/replayed-delivery', 'sent again under any other topic changes nothing'),
      ...platform('stripe/story', 'ends closed with what was bought, and what was given back reported once'),
    ],
  },
  B12: {
    says: 'In whatever order and however often events arrive, the session ends the same',
    tests: [
      ...test(
        'scenarios/order-life',
        ': every permutation',
        'with duplicates anywhere, too',
        'in batches of the queue',
      ),
      ...commerce('permutations', 'with duplicates anywhere and crashes between the calls'),
      ...test('scenarios/thin-events', 'ends as if all of it had come whole and in order'),
    ],
  },
  B13: {
    says: 'Events that never arrived are found by comparing with the shop, and a second look finds nothing',
    tests: [
      ...test('unit/inbox/reconcile', 'whatever deliveries are lost, one repair makes everything'),
      ...test('functions/reconcile', 'what was missed is sent to the inbox and told of'),
    ],
  },
  B14: {
    says: 'A subscription that its platform switched off is noticed and told, without telling a secret',
    tests: test(
      'unit/tools/ops-shop',
      'names everything that is wrong, and what to do, and goes on',
      'finds that nothing is subscribed',
    ),
  },
  B15: {
    says: 'Of a delivery that is not signed, nothing is kept or logged that it said',
    tests: test('functions/webhook', 'a delivery that is not signed leaves no trace of what it said'),
  },
  B16: {
    says: 'A message in hand is given to nobody else for six times its function’s time, and has five tries or more',
    tests: test(
      'house/table',
      'has six times its own time before a message that it holds is delivered again',
      '%s gives a message several tries before it is called dead',
    ),
  },
  B17: {
    says: 'Only failed messages come again, each by itself, and an answer names none that was not received',
    tests: [
      ...test('house/table', 'reports each failed message by itself, if a queue feeds it'),
      ...test('functions/fuzz', 'the queue functions answer any event, naming only ids that it holds'),
      ...lambda('sqs', 'an answer names each id once and never an empty one'),
      ...inbox('process', '%s is parked with its reason, and the rest of its group goes on'),
    ],
  },
  B18: {
    says: 'What is behind a failed message of its group waits, untouched; other groups go on',
    tests: [
      ...inbox(
        'groups',
        'after a failure the rest of the group is given back unbegun, and other groups go on',
        'groups run side by side, a group one by one',
      ),
      ...inbox('give-back', 'the head of a group waits as its error asks'),
    ],
  },
  B19: {
    says: 'What can never succeed is put aside at its first try, with its reason, and is lost in no case',
    tests: [
      ...inbox('settle', '%s is parked at once, with its reason', 'a message that cannot be parked comes again'),
      ...inbox('park', 'what is parked is listed, oldest message first, with its reason'),
    ],
    notOurs: 'Parked messages lie in the store and not in the dead-letter queue, so that an erasure reaches them too',
  },
  B20: {
    says: 'Passing faults are waited for, longer each time, spread, as the server asks, and within what the queue keeps',
    tests: inbox(
      'back-off',
      '%s is waited for twice as long each time, up to half an hour',
      'groups that failed together are spread over the upper half of the wait',
      'is the least that is waited, spread upwards',
      'whatever failed however often: whole seconds, at least one',
    ),
  },
  B21: {
    says: 'Nothing is begun that could outlast the function; what was not begun comes again, and is not thought begun',
    tests: [
      ...inbox('groups', 'when time is up nothing more is begun, and what was not is given back'),
      ...inbox('process', 'no call is begun when time is up, not even the next of an event that was begun'),
      ...inbox('give-back', 'what time did not suffice for comes again at once, in order'),
      ...test('faults/outages', 'no call is begun that the function might not outlive'),
    ],
  },
  B22: {
    says: 'Of two workers with the same message one has an effect, and neither undoes what the other noted',
    tests: [
      ...inbox('interleavings', '%s that two consumers hold at once has one effect'),
      ...inbox(
        'ledger',
        'of two deliveries at once one makes the call, the other waits',
        'two that find an old note at once: one repeats the call, the other waits',
      ),
    ],
  },
  B23: {
    says: 'A crash between a call and its note does no harm: the repetition ends as if nothing had happened',
    tests: [
      ...inbox('crash', 'a crash after any change, and the same batch again: nothing lost, nothing twice'),
      ...test('faults/webhook-to-close', 'loses nothing and applies nothing twice'),
      ...inbox(
        'ledger',
        'after a crash between the sending and the answer, a safe call is made once more',
        'after a %s, a call that must not be repeated is left to people',
      ),
    ],
  },
  B24: {
    says: 'Nothing depends on the five minutes for which a queue remembers what it was sent',
    tests: [
      ...test('faults/killed-consumer', 'everything delivered again, when the queue has forgotten it, changes nothing'),
      ...inbox('process', 'the same event again does nothing, in the same batch or 14 days later'),
    ],
  },
  B25: {
    says: 'Dead letters are kept for 14 days, and longer than in the queue that they come from where their age counts',
    tests: test('house/table', '%s has dead letters that are kept as long as AWS allows'),
  },
  B26: {
    says: 'A message that was put aside and comes back later takes nothing back that newer ones did',
    tests: [
      ...inbox('process', 'what was parked and comes back behind newer pictures takes nothing back'),
      ...inbox('pause', 'resumed, what had waited is applied once, in order, before what came later'),
    ],
  },
  B27: {
    says: 'Trying again what was put aside is shown before it is done, has its pace, and loses and doubles nothing',
    tests: [
      ...test(
        'unit/tools/ops',
        'says what it would do and does nothing',
        '--yes does it, no faster than it is told',
        'interrupted, it leaves parked what was not sent, and the next run goes on',
      ),
      ...inbox('failures', 'interrupted after it was sent, it is still parked'),
    ],
  },
  B28: {
    says: 'A message holds no more than is needed, fits its queue, and a body that shrank to an id is read, not applied',
    tests: [
      ...inbox(
        'enqueue',
        'what travels beside the body tells nothing of a person',
        'what no message can hold is refused',
      ),
      ...inbox('message', 'fields that an event does not have do not get through'),
      ...platform('shopify/interpret', 'a body that shrank to its id is not an empty order'),
      ...test('functions/webhook', 'nothing personal is queued or logged but pseudonyms'),
    ],
    notOurs:
      'Nothing is left in S3 for a message to claim: what is too large names what to read, and the shop is asked',
  },
  B29: {
    says: 'Calls of a session are made one after the other, and calls of one profile at once are all kept',
    tests: [
      ...inbox('groups', 'groups run side by side, a group one by one'),
      ...test(
        'unit/engine/concurrency',
        'updates of one session at once are all kept',
        'sessions of one profile that close at once all count',
      ),
      ...test('faults/outages', 'when one group fails for a day, the others do not notice'),
      ...test('faults/outages', 'when the API asks for time, each time'),
    ],
    notOurs:
      'There is no rate of our own to configure: a hosted account says when to wait, and its Retry-After is kept',
  },
  B30: {
    says: 'An outage of days loses nothing, makes nothing a dead letter, and is not met with a call each second',
    tests: test(
      'faults/outages',
      'when %s',
      'a day of it is not a day of calls',
      'an outage of two weeks is parked after ten days, all of it',
    ),
    notOurs: 'There is no breaker to open: groups that fail back off to half an hour each, which spends as little',
  },
  B31: {
    says: 'What EventBridge brings, which keeps no order, ends as what webhooks bring',
    tests: [
      ...platform('shopify/story', 'end the same when EventBridge brings them, which keeps no order'),
      ...platform('shopify/event-bridge', 'tells what the webhook tells, to the last digit'),
    ],
  },
  B32: {
    says: 'Messages of the first version are read for ever, and those of a newer one are put aside, not dropped',
    tests: [
      ...inbox('message', 'a message of version 1 is read for ever', 'a newer version is told apart from nonsense'),
      ...inbox('process', '%s is parked with its reason, and the rest of its group goes on'),
    ],
  },
  B33: {
    says: 'One id leads from the webhook to the effects, and nothing personal stands beside it',
    tests: test(
      'scenarios/one-id',
      'one id joins every log line from the webhook to the effects, and finds the trace',
      'nothing personal is in a line or in the trace',
    ),
  },
  B34: {
    says: 'What happened since a day can be told again, first as a trial, and has no second effect',
    tests: test(
      'unit/tools/ops-shop',
      'says what it would send, and sends nothing',
      'sends each order once, however often it is asked to',
    ),
  },
  B35: {
    says: 'Effects are posted as Standard Webhooks, tried again for five days, and never to a private address',
    tests: [
      ...inbox(
        'delivery',
        'it is attempted again after 5 s, 5 min, 30 min, 2 h, 5 h, then each 10 h',
        'the last attempt is made when five days are over',
      ),
      ...inbox('webhook-signature', 'both libraries of receivers accept it'),
      ...inbox('publish', 'a receiver that fails for five days is disabled'),
      ...lambda(
        'webhook-post',
        'a redirect by %i is not followed',
        'a host is resolved once, and the connection goes where that said',
        'a host with one private address among its public ones is refused',
      ),
      ...lambda('public-address', 'no private address gets through in any IPv6 form'),
    ],
  },
  B36: {
    says: 'Lines and costs less discounts, and tax where prices are net, are what the shop charged, to the minor unit',
    tests: [
      ...commerce(
        'sums',
        '%s of API %s comes to what was charged',
        'an order of any currency, with tax in its prices or on top, comes to what was charged',
        'the %s of %s comes to what was charged',
        'that do not add up are the refunds',
        'comes to what was charged with figures that add up: a %s',
        'a checkout comes to what was charged',
        'a renewal comes to what was charged',
      ),
      ...platform('woocommerce/interpret', 'minus discounts, plus tax where they have none'),
      ...platform('adobe-commerce/interpret', 'adds up to what the shop charged, with gift cards as payment'),
      ...platform('bigcommerce/story', 'lines and costs less discounts, and tax where prices are net'),
      ...platform('commercetools/interpret', 'adds up to what the shop charged', 'is exact, in currencies of any'),
      ...platform('stripe/story', 'lines come to what was charged for them, to the minor unit, in every currency'),
      ...platform('shopify/interpret', 'of three and of no decimals is kept to the last digit'),
    ],
  },
  B37: {
    says: 'No more comes back than was sold, and refunds come to the same in every order, however often they are told',
    tests: [
      ...commerce('permutations', 'come to the same events in every order of arrival'),
      ...platform('standard/interpret', 'never add up to more than was sold in what is accepted'),
      ...platform('bigcommerce/story', 'no line comes back more often than it was sold'),
      ...platform('commercetools/interpret', 'never come to more than was sold'),
      ...platform('adobe-commerce/complete', 'never return more than was sold'),
    ],
  },
  B38: {
    says: 'Empty codes never leave the house; codes are named when they are known, and a removal once',
    tests: [
      ...commerce(
        'decide',
        'never there are never named, so that codes which others gave the session stay',
        'taken away are taken away once',
      ),
      ...platform('shopify/interpret', 'are trimmed, never empty, each once'),
      ...test('faults/nearest-peer', '5 "an empty list of coupons clears what another channel set"'),
    ],
  },
  B39: {
    says: 'A discount of the engine that the shop has applied is not taken off its prices a second time',
    tests: test(
      'scenarios/discount-applied',
      'a discount that the shop has put into %s is not taken off a second time',
      'neither when the discounted order is paid',
    ),
  },
  B40: {
    says: 'Ids keep every digit, also those that a number cannot hold',
    tests: [
      ...platform('shopify/samples', 'ids keep the digits that JSON.parse loses'),
      ...commerce('json', 'of any length survive anywhere'),
      ...platform('bigcommerce/complete', 'ids keep the digits that JSON.parse loses'),
    ],
  },
  B41: {
    says: 'A cart that is told of late does not open a session that was closed',
    tests: [
      ...commerce('decide', 'seen after its order does nothing, however new it says it is'),
      ...test('scenarios/order-life', ': every permutation'),
    ],
  },
  B42: {
    says: 'Orders that only try a shop out never reach an application of real ones',
    tests: [
      ...commerce('decide', 'never reaches the API where they are dropped'),
      ...platform('stripe/interpret', 'what happens in a sandbox is dropped, unless the shop applies it'),
      ...platform('bigcommerce/story', 'that only tries the store out reaches no live session'),
    ],
    notOurs: 'WooCommerce, Adobe Commerce and commercetools mark no test orders: a shop to try out is one of its own',
  },
};
