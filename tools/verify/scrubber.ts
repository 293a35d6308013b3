import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';

/** Something must not leave the account and was still in the text. */
export class UnscrubbedError extends Error {
  override readonly name = 'UnscrubbedError';
}

/** The account that AWS's own examples are of. */
const exampleAccount = '111122223333';

/** Twelve digits that are neither part of a longer number nor of an id that was replaced before. */
const accountPattern = /(?<![0-9a-f-])\d{12}(?![0-9a-f-])/g;
const brokerIdPattern = /\bb-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const uuidPattern = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const addressPattern = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
/** Subnets, security groups, networks, interfaces, endpoints. */
const networkPattern = /\b(subnet|sg|vpc|eni|vpce)-[0-9a-f]{8,17}\b/g;

/** A block that is reserved for documentation: https://www.rfc-editor.org/rfc/rfc5737 */
const documentedAddress = (number: number): string => `192.0.2.${number}`;

/** Members whose whole value is a name. */
const nameMembers: readonly string[] = ['BrokerName', 'Username'];

/** Members that say something about the account and nothing about the service. */
const droppedMembers: readonly string[] = ['Tags', 'LdapServerMetadata', 'PendingLdapServerMetadata'];

/** The n-th UUID of a recording. */
const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Replaces what is the account's own, the same thing always by the same. */
export class Scrubber {
  readonly #names: ReadonlyMap<string, string>;
  readonly #replaced = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** @param brokers whose names and users are replaced */
  constructor(brokers: readonly DescribeBrokerResponse[]) {
    const names = brokers.map(({ BrokerName = '' }, index) => [BrokerName, `broker-${index + 1}`] as const);
    const users = [...new Set(brokers.flatMap(({ Users = [] }) => Users.map(({ Username = '' }) => Username)))];
    this.#names = new Map([...names, ...users.map((name, index) => [name, `user-${index + 1}`] as const)]);
  }

  /** @throws UnscrubbedError when something like the number of an account is left all the same */
  scrub<T>(value: T): T {
    const scrubbed = this.#value(value) as T;
    const text = JSON.stringify(scrubbed);
    const numbers = [...text.matchAll(accountPattern)].filter(([number]) => number !== exampleAccount);
    if (numbers.length > 0) throw new UnscrubbedError('a number like that of an account is left in the recording');
    return scrubbed;
  }

  #value(value: unknown, member = ''): unknown {
    if (typeof value === 'string') {
      return (nameMembers.includes(member) ? this.#names.get(value) : undefined) ?? this.#text(value);
    }
    if (Array.isArray(value)) return value.map((element) => this.#value(element));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !droppedMembers.includes(name))
        .map(([name, inner]) => [name, this.#value(inner, name)]),
    );
  }

  #text(text: string): string {
    let scrubbed = text;
    // A name inside of an ARN or a message; bare, a short one would hit ordinary words.
    for (const [name, replacement] of this.#names) {
      scrubbed = scrubbed.replaceAll(`:${name}:`, `:${replacement}:`).replaceAll(`[${name}]`, `[${replacement}]`);
    }
    return scrubbed
      .replace(brokerIdPattern, (id) => this.#same(id, 'broker', (number) => `b-${uuidOf(number)}`))
      .replace(uuidPattern, (id) => (id.startsWith('00000000-') ? id : this.#same(id, 'uuid', uuidOf)))
      .replace(networkPattern, (id, kind: string) =>
        this.#same(id, kind, (number) => `${kind}-${String(number).padStart(8, '0')}`),
      )
      .replace(addressPattern, (id) => this.#same(id, 'address', documentedAddress))
      .replace(accountPattern, exampleAccount);
  }

  #same(found: string, kind: string, replacement: (number: number) => string): string {
    const known = this.#replaced.get(found);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    const text = replacement(number);
    this.#counts.set(kind, number);
    this.#replaced.set(found, text);
    return text;
  }
}
