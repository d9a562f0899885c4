import { type Answer, json, testServer } from './http-server.ts';

/** How often a request is not answered at first: throttled, failed, cut off. The slow one is answered late. */
const MOODS = new Map<number, 'throttled' | 'failing' | 'cut' | 'slow'>([
  [0, 'throttled'],
  [2, 'failing'],
  [4, 'cut'],
  [6, 'slow'],
]);

/** A server that throttles, fails, cuts a connection and is slow, once each, and answers all else. */
export const shyServer = (answer: Answer) =>
  testServer((response, received, index) => {
    const mood = MOODS.get(index);
    if (mood === 'throttled') json(response, 429, { error: 'slow down' }, { 'retry-after': '2' });
    else if (mood === 'failing') json(response, 503, { error: 'be right back' });
    else if (mood === 'cut') response.destroy();
    else if (mood === 'slow') setTimeout(() => answer(response, received, index), 20);
    else answer(response, received, index);
  });
