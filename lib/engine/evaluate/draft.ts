import type { EffectOf } from '../../contract/effects.ts';
import { type Change, type Key, keyText } from '../../store/store.ts';
import type { Charge, Counters, RecordKey } from '../records.ts';
import type { WorkingSet } from '../working-set.ts';

/** A charge with the bound it must keep. */
interface PlannedCharge extends Charge {
  readonly atMost?: number;
}

/** A place to go back to when a rule fails after it began to act. */
export interface Savepoint {
  readonly effects: number;
  readonly charges: number;
}

/** What an evaluation has come to so far: effects, and what they would charge. A failed rule leaves no trace in it. */
export class Draft {
  readonly effects: EffectOf[] = [];
  readonly #charges: PlannedCharge[] = [];
  readonly #set: WorkingSet;

  constructor(set: WorkingSet) {
    this.#set = set;
  }

  savepoint(): Savepoint {
    return { effects: this.effects.length, charges: this.#charges.length };
  }

  restore(point: Savepoint): void {
    this.effects.length = point.effects;
    this.#charges.length = point.charges;
  }

  /** Whether a rule accepted the code so far: a code is accepted once, and wins over any refusal (R22, R23). */
  accepts(effectType: 'acceptCoupon' | 'acceptReferral', code: string): boolean {
    return this.effects.some((effect) => effect.effectType === effectType && effect.props.value === code);
  }

  /** What the count holds with everything charged in this draft (R24). */
  used(record: RecordKey<Counters>, count: string): number {
    const key = keyText(record.key);
    return this.#charges.reduce(
      (used, charge) => (charge.count === count && keyText(charge.key) === key ? used + charge.by : used),
      this.#set.count(record, count),
    );
  }

  /** Whether `by` more fits. */
  fits(record: RecordKey<Counters>, count: string, by: number, atMost: number): boolean {
    return this.used(record, count) + by <= atMost;
  }

  charge(record: RecordKey<Counters>, count: string, by: number, atMost?: number): void {
    this.#charges.push({ key: record.key, count, by, ...(atMost !== undefined && { atMost }) });
  }

  /** One charge for each count, without bounds: what a cancellation must give back. */
  charges(): Charge[] {
    return this.#merged().map(({ key, count, by }) => ({ key, count, by }));
  }

  /** The changes that charge everything, each within its bound. */
  changes(): Change[] {
    return chargeChanges(this.#merged());
  }

  #merged(): PlannedCharge[] {
    const merged = new Map<string, PlannedCharge>();
    for (const charge of this.#charges) {
      const name = `${keyText(charge.key)}\n${charge.count}`;
      const before = merged.get(name);
      const bounds = [before?.atMost, charge.atMost].filter((bound) => bound !== undefined);
      merged.set(name, {
        ...charge,
        by: charge.by + (before?.by ?? 0),
        ...(bounds.length > 0 && { atMost: Math.min(...bounds) }),
      });
    }
    return [...merged.values()];
  }
}

/** Changes for charges: one `add` for each key. */
export const chargeChanges = (charges: readonly PlannedCharge[]): Change[] => {
  const adds = new Map<string, { add: Key; by: Record<string, number>; atMost: Record<string, number> }>();
  for (const { key, count, by, atMost } of charges) {
    const add = adds.get(keyText(key)) ?? { add: key, by: {}, atMost: {} };
    add.by[count] = by;
    if (atMost !== undefined) add.atMost[count] = atMost;
    adds.set(keyText(key), add);
  }
  return [...adds.values()];
};
