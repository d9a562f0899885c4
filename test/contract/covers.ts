import { bare, nameOf, operationOf, type Part } from './documents.ts';
import { fieldFaults, type Side, valueFaults } from './schema-faults.ts';

/**
 * What the contract says of some operations and ours does not: each a line with the place and what is wrong there. A place
 * is a schema of the contract and its fields, so what several operations share is named once.
 */
export const differences = (contract: Part, ours: Part, ids: readonly string[]): string[] => {
  const found = new Set<string>();
  const compared = new Set<string>();

  const compare = (theirSchema: Part, ourSchema: Part, at: string, side: Side): void => {
    const place = theirSchema.$ref ? `${side} ${nameOf(theirSchema)}` : at;
    if (theirSchema.$ref) {
      const pair = `${place} ${nameOf(ourSchema)}`;
      if (compared.has(pair)) return;
      compared.add(pair);
    }
    const theirs = bare(contract, theirSchema);
    const mine = bare(ours, ourSchema);
    if (mine === undefined) {
      found.add(`${place}: is missing`);
      return;
    }
    for (const fault of valueFaults(theirs, mine, side)) found.add(`${place}: ${fault}`);
    for (const fault of fieldFaults(theirs, mine, side)) found.add(`${place}${fault}`);
    for (const [name, schema] of Object.entries<Part>(theirs.properties ?? {})) {
      if (mine.properties?.[name]) compare(schema, mine.properties[name], `${place}.${name}`, side);
    }
    if (theirs.items) compare(theirs.items, mine.items, `${place}[]`, side);
    if (theirs.additionalProperties) {
      const [wanted, given] = [theirs, mine].map(({ additionalProperties: of }) => (of === true ? {} : of));
      compare(wanted, given || undefined, `${place}{}`, side);
    }
    for (const [type, $ref] of Object.entries<string>(theirs['x-effect-props'] ?? {})) {
      compare({ $ref }, { $ref: mine['x-effect-props']?.[type] ?? '' }, `${place} ${type}`, side);
    }
  };

  const compareBody = (theirs: Part, mine: Part, place: string, side: Side): void => {
    if (mine === undefined || Boolean(theirs.required) !== Boolean(mine.required)) found.add(`${place}: is missing`);
    const [wanted, given] = [theirs, mine].map((body) => body?.content?.['application/json']?.schema);
    if (wanted) compare(wanted, given, place, side);
    else if (given) found.add(`${place}: is not empty`);
  };

  for (const id of ids) {
    const theirs = operationOf(contract, id);
    const mine = operationOf(ours, id);
    if (!theirs || !mine || theirs.method !== mine.method || theirs.path !== mine.path) {
      found.add(`${id}: is not at its method and path`);
      continue;
    }
    for (const parameter of theirs.parameters) {
      const place = `${id} ${parameter.in} ${parameter.name}`;
      const own = mine.parameters.find((each) => each.in === parameter.in && each.name === parameter.name);
      if (own?.required !== parameter.required) found.add(`${place}: is missing`);
      compare(parameter.schema, own?.schema, place, 'request');
    }
    const { requestBody, responses } = theirs.operation;
    if (requestBody) compareBody(requestBody, mine.operation.requestBody, `${id} body`, 'request');
    for (const [status, response] of Object.entries<Part>(responses)) {
      compareBody(response, mine.operation.responses[status], `${id} ${status}`, 'answer');
    }
  }
  return [...found].sort();
};
