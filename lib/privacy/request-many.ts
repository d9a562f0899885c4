import type { Asked } from './accept.ts';

/** What all of the requests have in common. */
export type AboutMany = Omit<Asked, 'profiles' | 'aliases' | 'unclear'>;

/** What opening them needs. */
export interface RequestManyDeps {
  /** Accepts a request; asked again, it is the same one (`acceptRequest`). */
  accept(asked: Asked): Promise<{ readonly repeated: boolean }>;
  /** Told after each: how many were opened, and how many had been before. */
  progress?(done: Opened): void;
}

/** What it came to. */
export interface Opened {
  readonly opened: number;
  readonly repeated: number;
}

/**
 * Opens a request for each of many profiles, one after the other, as when a shop has left. Each is a request of its own,
 * with its own dates, brakes and receipt; interrupted anywhere, the same call goes on: what is open is not opened twice.
 * So many at once are a flood, and nothing is deleted before somebody has released the brake.
 *
 * @param about `sourceId` names them all: each has the profile after it.
 */
export const requestMany = async (
  profiles: AsyncIterable<string> | Iterable<string>,
  about: AboutMany,
  { accept, progress }: RequestManyDeps,
): Promise<Opened> => {
  let done: Opened = { opened: 0, repeated: 0 };
  for await (const profile of profiles) {
    // After a crash here it is found open.
    const { repeated } = await accept({ ...about, sourceId: `${about.sourceId}/${profile}`, profiles: [profile] });
    done = repeated ? { ...done, repeated: done.repeated + 1 } : { ...done, opened: done.opened + 1 };
    progress?.(done);
  }
  return done;
};
