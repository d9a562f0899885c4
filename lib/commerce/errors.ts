/**
 * An event that says clearly what happened and still cannot become a call: it is put aside for a person. The text says
 * what is wrong and what to do; it names no value of the event but its currency.
 */
export class UnusableEventError extends Error {
  override readonly name = 'UnusableEventError';
}
