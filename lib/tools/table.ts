/** Rows as columns that stand under each other; the first row is their heading. */
export const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A moment to the minute, in UTC. */
export const minuteOf = (moment: string): string => new Date(moment).toISOString().slice(0, 16).replace('T', ' ');

const MINUTE_MS = 60_000;

/** How long ago a moment was, in its largest unit: `3 d`, `5 h`, `12 min`. */
export const ageOf = (moment: string, now: Date): string => {
  const minutes = Math.max(0, Math.floor((now.getTime() - new Date(moment).getTime()) / MINUTE_MS));
  if (minutes >= 48 * 60) return `${Math.floor(minutes / (24 * 60))} d`;
  if (minutes >= 2 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${minutes} min`;
};

/** A text of one line and at most so many characters: what else it may hold is no longer dangerous to a terminal. */
export const shortText = (text: string, most: number): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};

/** A number with its word: `1 receipt`, `2 receipts`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
