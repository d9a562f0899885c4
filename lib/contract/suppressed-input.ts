import { type Issue, SUPPRESSED, SuppressedError } from './errors.ts';
import type { AnyOperation, Input } from './operation.ts';

/** Input of a session call or an event, as far as it can say anything of a person. */
interface PersonalContent {
  readonly attributes?: unknown;
  readonly identifiers?: unknown;
  readonly cartItems?: readonly { readonly attributes?: unknown }[] | undefined;
}

/** The same session without its person: what only describes them is taken out, as deletion does (semantics.md §11). */
export const anonymousContent = <T extends PersonalContent>(content: T): T => ({
  ...content,
  profileId: '',
  identifiers: [],
  attributes: {},
  ...(content.cartItems && { cartItems: content.cartItems.map(({ attributes: _, ...item }) => item) }),
});

/** The profiles whose suppression matters to a call; none where the row takes it as it is. */
export const suppressibleProfiles = <O extends AnyOperation>(row: O, input: Input<O>): readonly string[] =>
  row.whenSuppressed === 'allow' ? [] : [...new Set(row.names(input).profiles.map(({ profile }) => profile))];

/**
 * What becomes of a call that names a suppressed profile, as its row says: the input to go on with.
 *
 * @param isSuppressed asked of the profiles that {@link suppressibleProfiles} gives.
 * @returns the input itself, the very same, when it names nobody who is suppressed.
 * @throws SuppressedError naming every place where the request names a suppressed profile, where the row refuses it.
 */
export const withoutSuppressed = <O extends AnyOperation>(
  row: O,
  input: Input<O>,
  isSuppressed: (profile: string) => boolean,
): Input<O> => {
  if (row.whenSuppressed === 'allow') return input;
  const named = row.names(input).profiles.filter(({ profile }) => isSuppressed(profile));
  if (named.length === 0) return input;
  if (row.whenSuppressed !== 'refuse') return row.whenSuppressed(input) as Input<O>;
  throw new SuppressedError(
    undefined,
    named.map(({ source }): Issue => ({ title: SUPPRESSED, details: 'this profile was erased', source })),
  );
};

/**
 * A call that waited, without the entries of suppressed profiles where its row has a list of them (`rows`); else as
 * {@link withoutSuppressed} gives it.
 *
 * @throws SuppressedError where nothing of the call is left.
 */
export const withoutSuppressedRows = <O extends AnyOperation>(
  row: O,
  input: Input<O>,
  isSuppressed: (profile: string) => boolean,
): Input<O> => {
  if (row.rows === undefined) return withoutSuppressed(row, input, isSuppressed);
  const entry = new RegExp(`^/${row.rows}/(\\d+)`);
  const named = row.names(input).profiles.filter(({ profile }) => isSuppressed(profile));
  const indexes = named.map(({ source }) => ('pointer' in source ? entry.exec(source.pointer)?.[1] : undefined));
  const gone = new Set(indexes.map(Number));
  const body = input.body as Readonly<Record<string, readonly unknown[]>>;
  const left = body[row.rows]?.filter((_, index) => !gone.has(index)) ?? [];
  if (left.length === 0) throw new SuppressedError();
  return gone.size === 0 ? input : ({ ...input, body: { ...body, [row.rows]: left } } as Input<O>);
};
