import { open, stat } from 'node:fs/promises';

/** How often it is looked whether the file has grown. */
const LOOK_MS = 300;

/** The lines that are added to a file from now on; one that is not there yet is waited for. */
export async function* follow(file: string, wait: (milliseconds: number) => Promise<void>): AsyncGenerator<string> {
  let place = await sizeOf(file);
  let rest = '';
  for (;;) {
    const size = await sizeOf(file);
    // It was begun anew.
    if (size < place) place = 0;
    if (size > place) {
      const text = await read(file, place, size - place);
      place = size;
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    await wait(LOOK_MS);
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

/** Log lines are JSON of ASCII ids and texts; a character cut in two by the end of a look would only look odd. */
const read = async (file: string, position: number, length: number): Promise<string> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
};
