// A process of its own that adds 1 to a count, so many times, and says after each write what it has added so far.
// node writer.ts <file> <times>

import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';

const [file = '', times = ''] = process.argv.slice(2);
const store = openSqliteStore(file);
for (let added = 1; added <= Number(times); added += 1) {
  await store.write([{ add: { partition: 'writers', sort: 'total' }, by: { n: 1 } }], randomUUID());
  // At once: what is buffered in a process that is killed was never said.
  writeSync(1, `${added}\n`);
}
await store.close();
