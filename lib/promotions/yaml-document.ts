import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { decimal } from '../contract/decimal.ts';

/** A place in the content: keys and indexes from the top. */
export type Path = readonly (string | number)[];

/** Something that YAML itself has against the text. */
export interface TextFault {
  readonly line: number;
  readonly message: string;
}

/** A YAML text that was read, still knowing where everything stands. */
export interface YamlDocument {
  /** Undefined when the text is no YAML. */
  readonly content: unknown;
  readonly faults: readonly TextFault[];
  /** The line of the place, or of the nearest one around it that exists. From 1. */
  lineOf(path: Path): number;
}

/** So many uses of anchors are plenty for people; without a bound, a few lines could stand for gigabytes. */
const MAX_ALIASES = 100;

/** One slip makes YAML stumble over and over: the first words say it. */
const MAX_TEXT_FAULTS = 10;

const firstOnes = (faults: readonly TextFault[]): TextFault[] =>
  [...new Map(faults.map((fault) => [`${fault.line} ${fault.message}`, fault])).values()].slice(0, MAX_TEXT_FAULTS);

/** Reads YAML 1.2. Never throws. */
export const readYaml = (text: string): YamlDocument => {
  const lines = new LineCounter();
  const lineAt = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false });
  const childOf = (parent: Node | null | undefined, key: string | number): { node?: Node; offset?: number } => {
    const node = isAlias(parent) ? parent.resolve(document) : parent;
    if (isSeq(node)) return found(node.items[Number(key)] as Node | undefined);
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined;
    return pair ? { ...found(pair.value as Node), ...offsetOf(pair.key as Node) } : {};
  };

  const lineOf = (path: Path): number => {
    let node: Node | null | undefined = document.contents;
    let offset = node?.range?.[0];
    for (const key of path) {
      const child = childOf(node, key);
      if (child.offset === undefined) break;
      offset = child.offset;
      node = child.node;
    }
    return lineAt(offset);
  };

  const refused = (faults: readonly TextFault[]): YamlDocument => ({ content: undefined, faults, lineOf });

  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    line: lineAt(pos[0]),
    message: code === 'TAG_RESOLVE_FAILED' ? `${message}: put it in quotes` : message,
  }));
  if (faults.length > 0) return refused(firstOnes(faults));
  visit(document, {
    Scalar: (_key, { value, source, range }) => {
      if (typeof value !== 'number' || keepsDigits(value, source)) return;
      faults.push({ line: lineAt(range?.[0]), message: `${source} has more digits than a number can keep` });
    },
    Alias: (_key, alias) => {
      if (!alias.resolve(document)) {
        faults.push({ line: lineAt(alias.range?.[0]), message: `there is no anchor &${alias.source} before this` });
      }
    },
  });
  if (faults.length > 0) return refused(faults);
  try {
    return { content: document.toJS({ maxAliasCount: MAX_ALIASES }), faults, lineOf };
  } catch {
    return refused([{ line: 1, message: `anchors are used more than ${MAX_ALIASES} times: write it out` }]);
  }
};

const offsetOf = (node: Node | null | undefined): { offset?: number } => (node?.range ? { offset: node.range[0] } : {});

const found = (node: Node | null | undefined): { node?: Node; offset?: number } =>
  node ? { node, ...offsetOf(node) } : {};

const keepsDigits = (value: number, source: string | undefined): boolean => {
  if (source === undefined || !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(source)) return true;
  return decimal(source).eq(decimal(value));
};
