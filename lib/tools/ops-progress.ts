/** How far a command is. */
export interface Progress {
  readonly read: number;
  readonly sent: number;
  /** How much of everything was read, from 0 to 1; undefined where nobody knows how much there is. */
  readonly part?: number;
  /** Since it began. */
  readonly elapsedMs: number;
}

const WIDTH = 20;

/** A line that says how far it is: a bar and the time that is left, where that can be told, and counts. */
export const progressLine = ({ read, sent, part, elapsedMs }: Progress): string => {
  const counts = `${read} read, ${sent} sent`;
  return part === undefined || part <= 0 ? `${counts}, ${spanOf(elapsedMs)}` : barOf(part, counts, elapsedMs);
};

/** A bar with words and the time that is left; `part` is over 0, and 1 is all. */
export const barOf = (part: number, words: string, elapsedMs: number): string => {
  const done = Math.min(1, part);
  const filled = Math.round(done * WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
  return `${bar} ${Math.floor(done * 100)} %  ${words}, ${spanOf((elapsedMs * (1 - done)) / done)} left`;
};

/** A span of time in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export const spanOf = (milliseconds: number): string => {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** Between two lines where each stays. */
const LINE_MS = 10_000;

/** Between two looks of a person at the same line. */
const LOOK_MS = 200;

/** Where progress is shown: on a terminal in one line, elsewhere as a line now and then. */
export const progressOn = (
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  now: () => number = Date.now,
): { show(text: string): void; clear(): void } => {
  let last = out.isTTY ? 0 : now();
  let shown = false;
  return {
    show: (text) => {
      if (now() - last < (out.isTTY ? LOOK_MS : LINE_MS)) return;
      last = now();
      shown = true;
      out.write(out.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    },
    clear: () => {
      if (shown && out.isTTY) out.write('\r\u001b[K');
      shown = false;
    },
  };
};
