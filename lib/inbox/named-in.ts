import type { CommerceEvent } from '../commerce/event.ts';
import { profileOf, profilesOf } from '../commerce/mapping.ts';
import { GUEST, profileIdOf } from '../commerce/naming.ts';
import type { Shops } from '../commerce/shops.ts';
import { UnknownApplicationError } from '../contract/errors.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import type { Environment, Naming, Person } from '../privacy/person.ts';
import { mentionsOf } from './mentions.ts';
import { profilesIn } from './names.ts';
import { type Message, type OperationMessage, type PrivacyMessage, readMessage } from './read-message.ts';

/** What telling whom a message names needs. */
export interface NamedDeps extends Pick<Naming, 'segment'> {
  readonly shops: Shops;
  /** The environment of an Application. @throws UnknownApplicationError (rejects) when nothing knows it. */
  environmentOf(application: number): Promise<Environment>;
}

/** Whether a message names a person. */
export type NamesPerson = (body: string) => Promise<boolean>;

/**
 * Makes what tells whether messages name a person, whoever they were stored for: also one of a shop or an Application
 * that nobody knew when it came. There, and where a message cannot be read, in doubt it does: a customer's number is
 * enough.
 */
export const namingOf = (person: Person, deps: NamedDeps): NamesPerson => {
  const { mayName, names } = mentionsOf(person.profiles, deps);
  return async (body) => {
    // To read all that waits is what takes longest: most of it names nobody who is asked about.
    if (!mayName(body)) return false;
    const message = messageIn(body);
    switch (message?.kind) {
      case 'operation':
        return Object.hasOwn(operations, message.operation) ? isCallOf(message, person, deps) : names(body);
      case 'privacy':
        return isWishOf(message, person, deps);
      case 'commerce-event':
        return isEventOf(message.event, person, deps);
      default:
        return names(body);
    }
  };
};

const messageIn = (body: string): Message | undefined => {
  try {
    return readMessage(body);
  } catch {
    return undefined;
  }
};

const isWishOf = async (
  { environment, application, profile }: PrivacyMessage,
  person: Person,
  deps: NamedDeps,
): Promise<boolean> =>
  person.profiles.includes(profile) &&
  (environment === undefined ? isIn(person.environment, application ?? 0, deps) : environment === person.environment);

const isEventOf = async (event: CommerceEvent, { environment, profiles }: Person, deps: NamedDeps) => {
  const shop = deps.shops.get(event.shop);
  const customer = customerOf(event);
  if (!shop) {
    const ids = [
      ...(customer === undefined ? [] : [customer, ...buyersOf(customer, deps)]),
      ...guestsOf(event).map((guest) => `${GUEST}${guest}`),
    ];
    return profiles.some((profile) => ids.some((id) => profile === id || profile.endsWith(`:${id}`)));
  }
  const named =
    event.type === 'erasure'
      ? profilesOf(event.intake, shop)
      : [event.type === 'thin' && customer !== undefined ? profileIdOf({ customer }, shop) : profileOf(event, shop)];
  const isTheirs = named.some((profile) => profile !== undefined && profiles.includes(profile));
  return isTheirs && (await isIn(environment, shop.application, deps));
};

const isCallOf = async ({ application, operation, request }: OperationMessage, person: Person, deps: NamedDeps) => {
  const named = profilesIn(operations[operation as OperationId], request);
  return (
    named.some((profile) => person.profiles.includes(profile)) && (await isIn(person.environment, application, deps))
  );
};

const isIn = async (environment: Environment, application: number, deps: NamedDeps): Promise<boolean> => {
  try {
    return (await deps.environmentOf(application)) === environment;
  } catch (error) {
    if (error instanceof UnknownApplicationError) return true;
    throw error;
  }
};

/** As any of our shops would call the customer. */
const buyersOf = (customer: string, { shops }: NamedDeps): string[] =>
  [...shops.values()].map((shop) => profileIdOf({ customer }, shop));

/** The platform's id of the customer whom an event is about. */
const customerOf = (event: CommerceEvent): string | undefined => {
  switch (event.type) {
    case 'customer':
      return event.customer.id;
    case 'activity':
      return 'customer' in event.activity ? event.activity.customer : undefined;
    case 'erasure':
      return event.intake.customer;
    case 'thin':
      return /^customers?\/(.+)$/s.exec(event.resource)?.[1];
    case 'cart':
    case 'order': {
      const { buyer } = event.type === 'cart' ? event.cart : event.order;
      return buyer && 'customer' in buyer ? buyer.customer : undefined;
    }
  }
};

const guestsOf = (event: CommerceEvent): readonly string[] => {
  if (event.type === 'erasure') return event.intake.guests;
  if (event.type !== 'cart' && event.type !== 'order') return [];
  const { buyer } = event.type === 'cart' ? event.cart : event.order;
  return buyer && 'guest' in buyer ? [buyer.guest] : [];
};
