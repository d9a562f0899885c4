import type { Part } from './documents.ts';

/** Which way a schema goes: what callers send, or what they are answered. */
export type Side = 'request' | 'answer';

const LIMITS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'pattern'];

const sorted = (list: readonly string[] = []): string => [...list].sort().join();

/** An integer is a number; which way round nobody is surprised depends on the side. */
const typeFits = (contract: string, ours: string, side: Side): boolean =>
  contract === ours ||
  (side === 'request' ? contract === 'integer' && ours === 'number' : contract === 'number' && ours === 'integer');

/** What the contract says of values and ours does not, each without its place. */
export const valueFaults = (contract: Part, ours: Part, side: Side): string[] => {
  const faults: string[] = [];
  if (contract.type && !typeFits(contract.type, ours.type, side)) faults.push(`is ${ours.type}, not ${contract.type}`);
  if (contract.format && contract.format !== ours.format) faults.push(`is no ${contract.format}`);
  if (contract.enum && sorted(contract.enum) !== sorted(ours.enum)) faults.push('has other values');
  const known = ours['x-known-values'] ?? ours.enum ?? [];
  for (const value of contract['x-known-values'] ?? []) {
    if (!known.includes(value)) faults.push(`does not know ${value}`);
  }
  // A default is what is meant when a caller says nothing; an answer says everything.
  if (side === 'request' && contract.default !== undefined && contract.default !== ours.default) {
    faults.push('has another default');
  }
  const limits = { ...contract, ...contract['x-modern-limits'] };
  if (limits.minItems === 0) delete limits.minItems;
  for (const limit of LIMITS) {
    if (limits[limit] === ours[limit]) continue;
    faults.push(`${limit} is ${ours[limit] ?? 'none'}, not ${limits[limit] ?? 'none'}`);
  }
  return faults;
};

/** Fields that ours lacks or requires otherwise. In an answer ours may promise a field that the contract does not. */
export const fieldFaults = (contract: Part, ours: Part, side: Side): string[] => {
  const wanted: readonly string[] = contract.required ?? [];
  const given: readonly string[] = ours.required ?? [];
  const present = (name: string): boolean => ours.properties?.[name] !== undefined;
  return [
    ...Object.keys(contract.properties ?? {}).flatMap((name) => (present(name) ? [] : [`.${name}: is missing`])),
    ...wanted.flatMap((name) => (given.includes(name) || !present(name) ? [] : [`.${name}: is not required`])),
    ...(side === 'request' ? given : []).flatMap((name) => (wanted.includes(name) ? [] : [`.${name}: is required`])),
  ];
};
