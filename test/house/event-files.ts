import { existsSync } from 'node:fs';
import { filesBelow } from './source-files.ts';

/**
 * Where the recorded events of a function stand: as its file, with `events` for `functions`. An event `<name>.json` has
 * its expectation beside it, `<name>.expected.json`: the part of the function's answer that matters.
 */
export const eventFolder = (handler: string): string => handler.replace(/^functions/, 'events').replace(/\.\w+$/, '');

/** The events of a function, in order of their names. */
export const eventFiles = (handler: string): string[] => {
  const folder = eventFolder(handler);
  if (!existsSync(folder)) return [];
  return filesBelow(folder).filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'));
};
