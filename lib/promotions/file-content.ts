import type { Path } from './yaml-document.ts';

/** A value of the file and where it stands. Any part of the content can be of the wrong type; checks go on around it. */
export interface Located {
  readonly path: Path;
  readonly value: unknown;
}

/** A fault of the content. `rule`: the title of the rule that it is in. */
export interface ContentFault {
  readonly path: Path;
  readonly rule?: string;
  readonly message: string;
  readonly expected?: string;
}

/** A field of a map; its value is undefined where there is none. */
export const fieldOf = ({ path, value }: Located, name: string): Located => ({
  path: [...path, name],
  value:
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined,
});

/** The members of a list field; none where there is no list. */
export const membersOf = (parent: Located, name: string): readonly Located[] => {
  const { path, value } = fieldOf(parent, name);
  return Array.isArray(value) ? value.map((member: unknown, index) => ({ path: [...path, index], value: member })) : [];
};

/** The text of a place, as people write it: `campaigns[0].coupons[2].value`. */
export const pathText = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '') || 'the file';
