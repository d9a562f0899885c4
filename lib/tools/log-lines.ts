/** A log line of the functions as a person reads it; undefined for what only machines want to know. */
export const showLine = (line: string): string | undefined => {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line === '' ? undefined : line;
  }
  const { level, message, at, ...rest } = entry;
  // A sweep that found nothing to do says so every minute.
  if (message === 'sweep' && rest.count === 0) return undefined;
  const time = typeof at === 'string' ? at.slice(11, 19) : '';
  const facts = Object.entries(rest)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name}=${String(value).length > 40 ? `${String(value).slice(0, 12)}…` : value}`);
  return `${time} ${level === 'info' ? '' : `${level} `}${message} ${facts.join(' ')}`;
};
