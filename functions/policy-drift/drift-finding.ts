import type { Finding } from '../runtime/finding.ts';
import type { RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';

/** `critical`: messages can be lost now · `high`: a failure would lose them, or a wanted setting is off · `low`: to know. */
export type Severity = 'critical' | 'high' | 'low';

/** What makes a policy as it should be: written as given, or deleted. */
export interface PolicyChange {
  readonly vhost: string;
  readonly name: string;
  /** Undefined deletes the policy. */
  readonly after: RabbitPolicy | undefined;
  /** Code of the finding that asks for it. */
  readonly because: string;
  /** Policies of the virtual host that serve its queues instead once it is deleted; only of a deletion. */
  readonly replacedBy?: readonly string[];
}

/** One kind of drift at one place. Queues that drift alike are one finding. */
export interface DriftFinding extends Finding {
  readonly severity: Severity;
  /** `(all)` for findings about the cluster. */
  readonly vhost: string;
  readonly policy: string | undefined;
  /** How many queues it is about; the evidence names the first ones. */
  readonly queues: number;
  /** What would end it; undefined where nothing may be written. */
  readonly remedy: PolicyChange | undefined;
}

/** Names shown of a longer list. */
const shownNames = 5;

/** The first few of many names, and how many there are. */
export const someNames = (names: readonly string[]): { readonly count: number; readonly first: readonly string[] } => ({
  count: names.length,
  first: names.slice(0, shownNames),
});

/** The first few of many names as text. */
export const severalNames = (names: readonly string[]): string =>
  names.length <= shownNames
    ? names.join(', ')
    : `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more`;

/** Key of a policy within its cluster. */
export const policyKey = (vhost: string, name: string): string => JSON.stringify([vhost, name]);

/** Items by a key, in the order in which the keys first appear. */
export const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(items, keyOf);
