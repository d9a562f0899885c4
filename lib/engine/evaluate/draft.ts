import type { EffectOf } from '../../contract/effects.ts';
import { type Change, type Counts, type Key, keyText } from '../../store/store.ts';
import type { Charge, Counters, RecordKey } from '../records.ts';
import type { WorkingSet } from '../working-set.ts';

/** A charge with the bound it must keep. */
interface PlannedCharge extends Charge {
  readonly atMost?: number;
}

/** What may go with a charge. */
export interface ChargeTerms {
  /** The count must end at or below this. */
  readonly atMost?: number;
  /** Whose share it is. */
  readonly owner?: string;
}

/** A place to go back to when a rule fails after it began to act. */
export interface Savepoint {
  readonly effects: number;
  readonly steps: number;
}

/** Counters and accepted codes that one evaluation may touch: what one write can change, with room for the rest. */
const RECORDS_AT_MOST = 90;

/** What an evaluation has come to so far: effects, and what they would charge. A failed rule leaves no trace in it. */
export class Draft {
  readonly effects: EffectOf[] = [];
  readonly #accepted = new Set<string>();
  readonly #charges = new Map<string, PlannedCharge>();
  readonly #records = new Map<string, number>();
  /** What each charge replaced, for the way back. */
  readonly #steps: { readonly name: string; readonly record: string; readonly before: PlannedCharge | undefined }[] =
    [];
  readonly #set: WorkingSet;

  constructor(set: WorkingSet) {
    this.#set = set;
  }

  /** Where the draft stands: the way back for {@link restore}. */
  savepoint(): Savepoint {
    return { effects: this.effects.length, steps: this.#steps.length };
  }

  /** Forgets everything since the savepoint. */
  restore(point: Savepoint): void {
    for (const effect of this.effects.splice(point.effects)) {
      if (isAcceptance(effect)) this.#accepted.delete(codeName(effect.effectType, effect.props.value));
    }
    for (const { name, record, before } of this.#steps.splice(point.steps).reverse()) {
      if (before) this.#charges.set(name, before);
      else {
        this.#charges.delete(name);
        this.#records.set(record, (this.#records.get(record) ?? 1) - 1);
        if (this.#records.get(record) === 0) this.#records.delete(record);
      }
    }
  }

  /** Adds an effect. */
  emit(effect: EffectOf): void {
    this.effects.push(effect);
    if (isAcceptance(effect)) this.#accepted.add(codeName(effect.effectType, effect.props.value));
  }

  /** Whether a rule accepted the code so far: a code is accepted once, and wins over any refusal (R22, R23). */
  accepts(effectType: Acceptance['effectType'], code: string): boolean {
    return this.#accepted.has(codeName(effectType, code));
  }

  /** What the count holds with everything charged in this draft (R24). */
  used(record: RecordKey<Counters>, count: string): number {
    return this.#set.count(record, count) + (this.#charges.get(chargeName(record.key, count))?.by ?? 0);
  }

  /** Whether `by` more fits. */
  fits(record: RecordKey<Counters>, count: string, by: number, atMost: number): boolean {
    return this.used(record, count) + by <= atMost;
  }

  /** Plans to add `by` to a count. Of several bounds the lowest holds. */
  charge({ key }: RecordKey<Counters>, count: string, by: number, { atMost, owner }: ChargeTerms = {}): void {
    const name = chargeName(key, count);
    const record = keyText(key);
    const before = this.#charges.get(name);
    const bounds = [before?.atMost, atMost].filter((bound) => bound !== undefined);
    this.#charges.set(name, {
      key,
      count,
      by: by + (before?.by ?? 0),
      ...(bounds.length > 0 && { atMost: Math.min(...bounds) }),
      ...(owner !== undefined && { owner }),
    });
    this.#steps.push({ name, record, before });
    if (!before) this.#records.set(record, (this.#records.get(record) ?? 0) + 1);
  }

  /** Whether more is planned than one write can change. */
  isOverfull(): boolean {
    return this.#records.size + this.#accepted.size > RECORDS_AT_MOST;
  }

  /** One charge for each count, without bounds: what a cancellation must give back. */
  charges(): Charge[] {
    return [...this.#charges.values()].map(({ atMost: _, ...charge }) => charge);
  }

  /** The changes that charge everything, each within its bound: one `add` for each key. */
  changes(): Change[] {
    return [...Map.groupBy(this.#charges.values(), ({ key }) => keyText(key)).values()].map(addition);
  }
}

type Acceptance = EffectOf<'acceptCoupon' | 'acceptReferral'>;

const isAcceptance = (effect: EffectOf): effect is Acceptance =>
  effect.effectType === 'acceptCoupon' || effect.effectType === 'acceptReferral';

const codeName = (effectType: Acceptance['effectType'], code: string): string => `${effectType} ${code}`;

const chargeName = (key: Key, count: string): string => `${count} ${keyText(key)}`;

const addition = (charges: readonly PlannedCharge[]): Change => {
  const [{ key }] = charges as readonly [PlannedCharge];
  const owner = charges.find((charge) => charge.owner !== undefined)?.owner;
  return {
    add: key,
    by: countsOf(charges, ({ by }) => by),
    atMost: countsOf(charges, ({ atMost }) => atMost),
    ...(owner !== undefined && { owner }),
  };
};

const countsOf = (charges: readonly PlannedCharge[], of: (charge: PlannedCharge) => number | undefined): Counts =>
  Object.fromEntries(
    charges.flatMap((charge) => {
      const value = of(charge);
      return value === undefined ? [] : [[charge.count, value]];
    }),
  );
