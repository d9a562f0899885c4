/** A part of an OpenAPI document that was read from a file, of which nothing is known. */
// biome-ignore lint/suspicious/noExplicitAny: a document of whatever form.
export type Part = any;

/** An operation with its place, and with the parameters of its path. */
export interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Part;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: Part }[];
}

/** The operations of a document. */
export const operationsOf = ({ paths }: Part): Placed[] =>
  Object.entries<Part>(paths).flatMap(([path, { parameters: shared = [], ...methods }]) =>
    Object.entries<Part>(methods).map(([method, operation]) => ({
      method,
      path,
      operation,
      parameters: [...shared, ...(operation.parameters ?? [])],
    })),
  );

/** The ids of a document's operations. */
export const idsOf = (document: Part): string[] => operationsOf(document).map(({ operation }) => operation.operationId);

/** The operation of an id. */
export const operationOf = (document: Part, id: string): Placed | undefined =>
  operationsOf(document).find(({ operation }) => operation.operationId === id);

/** The last part of a reference: the name of a schema. */
export const nameOf = ({ $ref = '' }: { $ref?: string } = {}): string => $ref.split('/').at(-1) ?? '';

const target = (document: Part, $ref: string): Part =>
  $ref
    .split('/')
    .slice(1)
    .reduce((part, name) => part?.[name], document);

/** What a schema says, wherever it stands, without `null`: it means "not sent" or "none". */
export const bare = (document: Part, schema: Part): Part => {
  if (schema?.$ref !== undefined) return bare(document, target(document, schema.$ref));
  if (Array.isArray(schema?.type)) {
    return { ...schema, type: schema.type.filter((type: string) => type !== 'null').join() };
  }
  const others = schema?.anyOf?.filter((part: Part) => part.type !== 'null');
  return others?.length === 1 ? bare(document, others[0]) : schema;
};
