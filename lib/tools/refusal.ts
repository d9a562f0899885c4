/** A fault of the person's own: the framework prints its message alone, without a stack. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Where the framework looks for a text to print instead of the stack. */
  readonly decoratedMessage = this.message;
}
