import { expect, test } from 'vitest';
import { jsonLogger } from '../../../lib/lambda/logger.ts';

const logged = (write: (log: ReturnType<typeof jsonLogger>) => void) => {
  const lines: string[] = [];
  write(
    jsonLogger(
      (line) => lines.push(line),
      () => new Date('2026-03-01T12:00:00Z'),
    ),
  );
  return lines;
};

test('a line is one line of JSON', () => {
  const lines = logged((log) => log.info('inbox', { outcome: 'applied', steps: 1, session: 'a\nb' }));
  expect(lines).toEqual([
    '{"level":"info","message":"inbox","at":"2026-03-01T12:00:00.000Z","outcome":"applied","steps":1,"session":"a\\nb"}\n',
  ]);
});

test('an error is told with its stack and its cause', () => {
  const [line = ''] = logged((log) =>
    log.error('request', { error: new TypeError('x is undefined', { cause: new Error('the cause') }) }),
  );
  const { level, error } = JSON.parse(line);
  expect(level).toBe('error');
  expect(error).toMatch(/^TypeError: x is undefined\n +at [\s\S]*caused by Error: the cause/);
});

test('what is thrown and is no error is not told: it may be anything', () => {
  expect(logged((log) => log.error('request', { error: { password: 'hunter2' } })).join()).not.toContain('hunter2');
});
