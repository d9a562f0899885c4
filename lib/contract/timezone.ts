import * as z from 'zod';

const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
};

/** Name of a place of the IANA time zone database, in a file that people write; a bare offset such as `+01:00` is none. */
export const Timezone = z.string().refine(isTimezone, 'is no IANA timezone, such as Europe/Berlin');
