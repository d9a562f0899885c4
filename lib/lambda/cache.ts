/** How a cache keeps what it was given. */
export interface CacheOptions<T> {
  now(): Date;
  /** For how long a value is kept. */
  keepMs(value: T): number;
  /** How many values are kept; beyond that the oldest go. */
  readonly size: number;
}

/** Gives the value of a key, asking for it when it is not kept. Askers at the same time share one answer. */
export type Cache<T> = (key: string, ask: () => Promise<T>) => Promise<T>;

/** A cache of answers. What fails is not kept: the next asker tries again. */
export const cache = <T>({ now, keepMs, size }: CacheOptions<T>): Cache<T> => {
  const kept = new Map<string, { readonly value: T; readonly until: number }>();
  const asked = new Map<string, Promise<T>>();
  const keep = (key: string, value: T): void => {
    kept.delete(key);
    kept.set(key, { value, until: now().getTime() + keepMs(value) });
    const oldest = kept.keys().next();
    if (kept.size > size && !oldest.done) kept.delete(oldest.value);
  };
  return async (key, ask) => {
    const found = kept.get(key);
    if (found && now().getTime() < found.until) return found.value;
    const underway = asked.get(key);
    if (underway) return underway;
    const answer = ask()
      .then((value) => {
        keep(key, value);
        return value;
      })
      .finally(() => asked.delete(key));
    asked.set(key, answer);
    return answer;
  };
};
