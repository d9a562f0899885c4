/** Why a change of a request is refused. */
export type Refusal =
  /** Deleting has begun: nothing brings back what is gone. */
  | 'too_late'
  /** The request has ended, or is where the change would lead. */
  | 'no_effect'
  /** The law does not allow it, such as a second extension. */
  | 'not_allowed';

/** A change of a request that is refused; the text says what to do instead. Nothing is changed. */
export class RefusedChangeError extends Error {
  override readonly name = 'RefusedChangeError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}
