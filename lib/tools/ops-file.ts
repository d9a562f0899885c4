import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { CommerceEvent } from '../commerce/event.ts';
import { readJson } from '../commerce/json.ts';
import { understood } from '../commerce/listing.ts';
import type { InterpretContext, ListContext } from '../commerce/platform.ts';
import { standard } from '../commerce/platforms/standard/standard.ts';
import type { Shop } from '../commerce/shops.ts';
import { PLATFORMS } from './platforms.ts';
import { Refusal } from './refusal.ts';

/** A file of pictures, one JSON text a line. */
export interface PictureFile {
  readonly events: AsyncIterable<CommerceEvent>;
  /** How much of it was read, from 0 to 1. */
  part(): number;
}

/**
 * Opens a file whose lines are documents as the `standard` platform takes them (lib/commerce/platforms/standard/standard.ts),
 * or orders as the API of another platform answers them. Lines that cannot be read are told to `skipped`, by number.
 *
 * @throws Refusal when there is no such file, or orders of the platform cannot be read by themselves.
 */
export const openPictures = async (
  { file, platform }: { readonly file: string; readonly platform?: Shop['platform'] },
  context: InterpretContext & Pick<ListContext, 'skipped'>,
): Promise<PictureFile> => {
  const read = lineReader(platform, context);
  const size = await stat(file).then(
    (found) => found.size,
    () => {
      throw new Refusal(`${file} does not exist`);
    },
  );
  let done = 0;
  const events = async function* () {
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const bytes = Buffer.from(line);
      done += bytes.length + 1;
      if (line.trim() !== '') yield* await understood(`line ${number}`, () => read(bytes), context);
    }
  };
  return { events: events(), part: () => (size === 0 ? 1 : Math.min(1, done / size)) };
};

const lineReader = (platform: Shop['platform'] | undefined, context: InterpretContext) => {
  if (platform === undefined || platform === 'standard') {
    return (body: Buffer) => standard.interpret({ method: 'POST', query: {}, headers: {}, body }, context);
  }
  const { readOrder } = PLATFORMS[platform];
  if (!readOrder) {
    throw new Refusal(
      `An order of ${platform} does not stand by itself: read them from its API, backfill <shop> --since`,
    );
  }
  return (body: Buffer) => [readOrder(readJson(body), context)];
};
