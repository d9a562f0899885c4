/** One fault of a promotions file. */
export interface FileFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The title of the rule that the fault is in. */
  readonly rule?: string;
  readonly message: string;
  /** What would be right, where that can be said. */
  readonly expected?: string;
}

/** A promotions file is refused; nothing of it is published. Names every fault, a line each (design.md §8). */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  /** In order of their lines; one at least. */
  readonly faults: readonly FileFault[];

  constructor(faults: readonly FileFault[]) {
    super(faults.map(printFault).join('\n'));
    this.faults = faults;
  }
}

const printFault = ({ file, line, rule, message, expected }: FileFault): string => {
  const subject = rule === undefined ? '' : `rule ${JSON.stringify(rule)}: `;
  return `${file}:${line}  ${subject}${message}${expected === undefined ? '' : ` (expected ${expected})`}`;
};
