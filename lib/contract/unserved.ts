import { MethodNotAllowedError, NotImplementedError, UnknownPathError } from './errors.ts';
import { type NewerOperation, newerOperations } from './newer-operations.ts';
import { operations } from './operations/table.ts';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Whether a path is of a template: part by part, and a placeholder stands for anything but nothing. */
const isOf = (template: string, parts: readonly string[]): boolean => {
  const expected = template.split('/');
  return (
    parts.length === expected.length &&
    expected.every((part, index) => (part.startsWith('{') ? parts[index] !== '' : parts[index] === part))
  );
};

const rows: readonly Route[] = Object.values(operations);

const newerError = ({ id, method, path, alternative }: NewerOperation): NotImplementedError => {
  const asked = `${method} ${path} (${id}) is newer than this API`;
  if (!alternative) return new NotImplementedError(`${asked}, and nothing serves in its place yet`);
  const row = operations[alternative.operation];
  return new NotImplementedError(`${asked}; in its place, ${row.method} ${row.path} (${row.id}) ${alternative.how}`);
};

/**
 * The refusal of a request that no function serves (semantics.md §9, design.md decision 17). A method that its path does
 * have counts as an unknown path: it comes here only when the gateway did not read the path as it is written.
 */
export const unserved = (
  method: string,
  path: string,
): NotImplementedError | MethodNotAllowedError | UnknownPathError => {
  const parts = path.split('/');
  const newer = newerOperations.find((row) => row.method === method && isOf(row.path, parts));
  if (newer) return newerError(newer);
  const served = rows.filter((row) => isOf(row.path, parts)).map((row) => row.method);
  return served.length === 0 || served.includes(method) ? new UnknownPathError() : new MethodNotAllowedError(served);
};
