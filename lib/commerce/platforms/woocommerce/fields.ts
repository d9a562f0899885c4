import * as z from 'zod';
import { Instant } from '../../fields.ts';

/** A point in time of a `_gmt` field: UTC, which it does not say. */
export const GmtTime = z
  .string()
  .transform((text) => text.replace(LOCAL, '$&Z'))
  .pipe(Instant);
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?$/;

/** What a body says of its own address: only the shop itself can have signed it. */
export const Links = z.object({ self: z.array(z.object({ href: z.string() })).nullish() }).nullish();

/** What is kept beside a thing by plugins and by WordPress itself. */
export const MetaData = z.array(z.object({ key: z.string().nullish(), value: z.unknown() })).nullish();

/** What a thing's meta data says under a name. */
export const metaOf = (meta: z.output<typeof MetaData>, name: string | undefined): unknown =>
  meta?.find(({ key }) => key === name && name !== undefined)?.value;
