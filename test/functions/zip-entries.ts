const ENTRY = 0x02014b50;
const END = 0x06054b50;

/** The names of the files in a zip archive, from its central directory. */
export const zipEntries = (archive: Buffer): string[] => {
  let end = archive.length - 22;
  while (archive.readUInt32LE(end) !== END) end--;
  const names: string[] = [];
  for (let at = archive.readUInt32LE(end + 16); archive.readUInt32LE(at) === ENTRY; ) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    names.push(archive.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
};
