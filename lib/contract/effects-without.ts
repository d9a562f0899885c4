/** Properties that quote what rules know of the person whose effect it is: blanked whatever they say. */
const QUOTING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  updateAttribute: { value: '' },
  showNotification: { title: '', body: '' },
  customEffect: { payload: {} },
};

/** Properties that hold a profile's id. */
const NAMING: ReadonlySet<string> = new Set(['profileId', 'recipientIntegrationId']);

interface AnyEffect {
  readonly effectType: string;
  readonly props: object;
}

/**
 * The effects of a person's session or event without the person (semantics.md §11): the ids of these profiles are
 * blanked, and so is what was made of attributes for them to read. What was given, of which code, stays.
 */
export const effectsWithout = <E extends AnyEffect>(effects: readonly E[], profiles: readonly string[]): readonly E[] =>
  effects.map((effect) => ({
    ...withoutIds(effect, profiles),
    ...(QUOTING[effect.effectType] && {
      props: { ...withoutIds(effect, profiles).props, ...QUOTING[effect.effectType] },
    }),
  }));

/** Somebody else's effect without the ids of these profiles, such as an advocate's who got points by a friend's order. */
export const withoutIds = <E extends AnyEffect>(effect: E, profiles: readonly string[]): E => {
  const kept = Object.entries(effect.props).map(([name, value]): [string, unknown] => [
    name,
    NAMING.has(name) && profiles.includes(value as string) ? '' : value,
  ]);
  return { ...effect, props: Object.fromEntries(kept) };
};
