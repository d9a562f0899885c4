import { type Decimal, decimal, ZERO } from '../../contract/decimal.ts';
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
  readonly accepted: ReadonlySet<string>;
  readonly charges: ReadonlyMap<string, PlannedCharge>;
}

/** Counters and accepted codes that one evaluation may touch: what one write can change, with room for the rest. */
const RECORDS_AT_MOST = 90;

/** What an evaluation has come to so far: effects, and what they would charge. A failed rule leaves no trace in it. */
export class Draft {
  readonly effects: EffectOf[] = [];
  #accepted = new Set<string>();
  /** What each cart line was given off so far, by position. */
  readonly #given = new Map<number, Decimal>();
  /** One for each count: few, whatever is charged, so that savepoints are cheap. */
  #charges = new Map<string, PlannedCharge>();
  readonly #set: WorkingSet;

  constructor(set: WorkingSet) {
    this.#set = set;
  }

  /** Where the draft stands: the way back for {@link restore}. */
  savepoint(): Savepoint {
    return { effects: this.effects.length, accepted: new Set(this.#accepted), charges: new Map(this.#charges) };
  }

  /** Forgets everything since the savepoint. */
  restore({ effects, accepted, charges }: Savepoint): void {
    for (const effect of this.effects.splice(effects)) this.#give(effect, -1);
    this.#accepted = new Set(accepted);
    this.#charges = new Map(charges);
  }

  /** Adds an effect. */
  emit(effect: EffectOf): void {
    this.effects.push(effect);
    this.#give(effect, 1);
    if (effect.effectType === 'acceptCoupon' || effect.effectType === 'acceptReferral') {
      this.#accepted.add(codeName(effect.effectType, effect.props.value));
    }
  }

  /** What the cart line at the position was given off by item discounts so far, in the major unit. */
  givenTo(position: number): Decimal {
    return this.#given.get(position) ?? ZERO;
  }

  #give(effect: EffectOf, sign: 1 | -1): void {
    if (effect.effectType !== 'setDiscountPerItem') return;
    const { position, value } = effect.props;
    this.#given.set(position, this.givenTo(position).plus(decimal(value).times(sign)));
  }

  /** Whether a rule accepted the code so far: a code is accepted once, and wins over any refusal (R22, R23). */
  accepts(effectType: Acceptance, code: string): boolean {
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
    const before = this.#charges.get(name);
    const bounds = [before?.atMost, atMost].filter((bound) => bound !== undefined);
    this.#charges.set(name, {
      key,
      count,
      by: by + (before?.by ?? 0),
      ...(bounds.length > 0 && { atMost: Math.min(...bounds) }),
      ...(owner !== undefined && { owner }),
    });
  }

  /** Whether more is planned than one write can change. */
  isOverfull(): boolean {
    const records = new Set([...this.#charges.values()].map(({ key }) => keyText(key)));
    return records.size + this.#accepted.size > RECORDS_AT_MOST;
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

type Acceptance = 'acceptCoupon' | 'acceptReferral';

const codeName = (effectType: Acceptance, code: string): string => `${effectType} ${code}`;

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
