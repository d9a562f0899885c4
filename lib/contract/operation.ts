import type * as z from 'zod';
import type { NamedProfile } from './named.ts';

/** The five published clients whose documents are the contract, by year of the document. */
export type Seed = '2018-php' | '2019-java' | '2019-go' | '2020-php' | '2021-php';

/** How a caller proves who it is (semantics.md §8). */
export type Auth = 'apiKey' | 'signature' | 'bearer';

/** Which profiles and which session a request names: what suppression and the order of work go by. */
export interface Names {
  /** In the order in which the request names them; a profile may be named more than once. */
  readonly profiles: readonly NamedProfile[];
  readonly session?: string;
}

/** One operation of the Integration API: a row of the table, from which everything else is derived. */
export interface Operation<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly summary: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: `/${string}`;
  /** Any one of these is enough. */
  readonly auth: readonly Auth[];
  /** The documents that have this operation. */
  readonly seeds: readonly Seed[];
  /** The id of the row that serves better; set where the documents call this one deprecated. */
  readonly replacedBy?: string;
  readonly params: P;
  readonly query: Q;
  /** `z.undefined()` where there is no body. */
  readonly body: B;
  /** `z.undefined()` where the answer is empty, optional where it can be asked to be: an empty one always has status 204. */
  readonly success: { readonly status: 200 | 201 | 204; readonly body: R };
  readonly errors: readonly number[];
  /** Whether a 400 repeats its status as `StatusCode` (semantics.md §9). */
  readonly statusCodeOn400: boolean;
  /** `safe`: sent twice it leaves what one leaves. */
  readonly repeat: 'safe' | 'unsafe';
  names(input: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }): Names;
  /**
   * The list of the body that has an entry for each profile. A call that waited is made without the entries of suppressed
   * ones, where it would be refused otherwise: nobody is there any more to send the others again.
   */
  readonly rows?: keyof z.output<B> & string;
  /**
   * What becomes of a call that names a suppressed profile (design.md decision 18): `allow` makes it as it is, `refuse`
   * answers SuppressedError, and a pure function gives the same input without the person, to be made instead.
   */
  readonly whenSuppressed:
    | 'allow'
    | 'refuse'
    | ((input: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }) => {
        params: z.output<P>;
        query: z.output<Q>;
        body: z.output<B>;
      });
}

/** Any row. */
// biome-ignore lint/suspicious/noExplicitAny: `names` and `whenSuppressed` take the row's own input; only `any` accepts every row.
export type AnyOperation = Operation<any, any, any, any>;

/** Keeps a row's literal types. */
export const operation = <
  const Id extends string,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
>(
  row: Operation<P, Q, B, R> & { readonly id: Id },
): Operation<P, Q, B, R> & { readonly id: Id } => row;

/** A request as a caller writes it: before defaults and leniency. */
export type Request<O extends AnyOperation> = {
  readonly params: z.input<O['params']>;
  readonly query: z.input<O['query']>;
  readonly body: z.input<O['body']>;
};

/** A request as the engine gets it: validated, with defaults. */
export type Input<O extends AnyOperation> = {
  readonly params: z.output<O['params']>;
  readonly query: z.output<O['query']>;
  readonly body: z.output<O['body']>;
};

/** The body of a row's success answer. */
export type Output<O extends AnyOperation> = z.output<O['success']['body']>;

/** The status of a success answer: the row's, and 204 for one that the caller asked to be empty. */
export const successStatus = <O extends AnyOperation>({ success }: O, output: Output<O>): 200 | 201 | 204 =>
  output === undefined ? 204 : success.status;
