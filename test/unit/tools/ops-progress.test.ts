import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { follow } from '../../../lib/tools/follow.ts';
import { progressLine, progressOn, spanOf } from '../../../lib/tools/ops-progress.ts';

test('progress is told with a bar and the time that is left, where the whole is known', () => {
  expect(progressLine({ read: 50, sent: 20, part: 0.25, elapsedMs: 60_000 })).toBe(
    '█████░░░░░░░░░░░░░░░ 25 %  50 read, 20 sent, 3 min 0 s left',
  );
  expect(progressLine({ read: 50, sent: 20, part: 1.5, elapsedMs: 60_000 })).toContain(
    '100 %  50 read, 20 sent, 0 s left',
  );
  expect(progressLine({ read: 50, sent: 20, elapsedMs: 61_000 })).toBe('50 read, 20 sent, 1 min 1 s');
  expect(spanOf(7_500_000)).toBe('2 h 5 min');
});

test('on a terminal progress has one line, elsewhere a line now and then', () => {
  const shownOn = (isTTY: boolean) => {
    const written: string[] = [];
    let time = 1_000_000;
    const out = { isTTY, write: (text: string) => written.push(text) > 0 };
    const { show, clear } = progressOn(out, () => time);
    for (let at = 0; at < 300; at++) {
      time += 100;
      show(String(at));
    }
    clear();
    return written;
  };
  const terminal = shownOn(true);
  expect(terminal).toHaveLength(151);
  expect(terminal.join('')).not.toContain('\n');
  expect(shownOn(false)).toEqual(['99\n', '199\n', '299\n']);
});

test('what is added to a file is followed, from its end on, also when it is begun anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'follow-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'server.log');
  await writeFile(file, 'before\n');
  const acts = [() => appendFile(file, 'one\ntw'), () => appendFile(file, 'o\n'), () => writeFile(file, 'new\n')];
  const lines: string[] = [];
  for await (const line of follow(file, async () => acts.shift()?.())) {
    lines.push(line);
    if (line === 'new') break;
  }
  expect(lines).toEqual(['one', 'two', 'new']);
});
