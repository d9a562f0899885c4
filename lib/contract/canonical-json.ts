/**
 * JSON in one form only (RFC 8785): no blanks, keys in the order of their UTF-16 code units. Equal content gives equal text,
 * so what is made of the text, a hash or a signature, is made of the content.
 *
 * @param content of JSON values alone; a field that is undefined is left out, as everywhere in JSON.
 */
export const canonicalJson = (content: unknown): string => {
  if (Array.isArray(content)) return `[${content.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (typeof content !== 'object' || content === null) return JSON.stringify(content);
  // An object made anew with its keys in order would put those that are whole numbers first.
  const members = Object.entries(content)
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${canonicalJson(value)}`);
  return `{${members.join(',')}}`;
};
