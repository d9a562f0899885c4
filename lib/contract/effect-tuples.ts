import * as z from 'zod';
import { type Effect, type EffectOf, type EffectType, effectProps } from './effects.ts';
import type { Event } from './schemas/event.ts';

/** What v1 clients know of these calls is less than their properties; the reason stands in `meta` (semantics.md §4.3). */
const V1_ARGUMENTS: Partial<Record<EffectType, readonly string[]>> = {
  rejectCoupon: ['value'],
  rejectReferral: ['value'],
};

const argumentsOf = (type: EffectType): readonly string[] => V1_ARGUMENTS[type] ?? Object.keys(effectProps[type]);

/** An effect as v1 states it: campaign, ruleset, rule, and the call with its properties in the table's order (§4.1, §4.3). */
export const effectTuple = ({ campaignId, rulesetId, ruleIndex, effectType, props }: EffectOf): unknown[] => {
  const values = argumentsOf(effectType).map((name) => (props as Record<string, unknown>)[name]);
  while (values.length > 0 && values.at(-1) === undefined) values.pop();
  return [campaignId, rulesetId, ruleIndex, [effectType, ...values.map((value) => value ?? null)]];
};

const Tuple = z.tuple([z.int(), z.int(), z.int(), z.tuple([z.string()], z.unknown())]);

/**
 * The effects of a v1 answer's event as v2 states them. v1 does not say which rule it was by name, nor more of a rejection
 * than its reason. What is no tuple is left out; of a type that is not in the table the values stand under `arguments`.
 */
export const effectsOfEvent = ({ effects, meta }: Pick<Event, 'effects' | 'meta'>): Effect[] =>
  effects.flatMap((tuple) => {
    const read = Tuple.safeParse(tuple);
    if (!read.success) return [];
    const [campaignId, rulesetId, ruleIndex, [effectType, ...values]] = read.data;
    const props = { ...propsOf(effectType, values), ...reasonOf(effectType, meta) };
    return [{ campaignId, rulesetId, ruleIndex, ruleName: '', effectType, props }];
  });

const propsOf = (type: string, values: readonly unknown[]): Record<string, unknown> => {
  if (!Object.hasOwn(effectProps, type)) return { arguments: values };
  const named = argumentsOf(type as EffectType).map((name, index) => [name, values[index]] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined && value !== null));
};

const reasonOf = (type: string, meta: Event['meta']): { readonly rejectionReason?: string } => {
  const { couponRejectionReason, referralRejectionReason } = meta ?? {};
  const said = { rejectCoupon: couponRejectionReason, rejectReferral: referralRejectionReason };
  const { reason } = said[type as keyof typeof said] ?? {};
  return reason === undefined ? {} : { rejectionReason: reason };
};
