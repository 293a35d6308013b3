import type { JsonValue } from '../../config/json-value.ts';
import { UnexpectedAnswer } from '../../runtime/errors.ts';
import type { Figure, PolicyDefinition, QueueType, RabbitPolicy, RabbitQueue } from './rabbit-cluster.ts';

/*
 * Queues and policies come in thousands of rows, and a schema library makes a copy of each, which takes longer than
 * the request that brought them. So these two kinds of rows are checked by hand, member by member, while they are
 * turned into the project's own terms.
 */

/** One row of a list, as JSON has it. */
export type Row = Readonly<Record<string, unknown>>;

const wrong = (row: Row, member: string, expected: string): UnexpectedAnswer =>
  new UnexpectedAnswer(
    `the management API shows "${String(row.name)}" in ${String(row.vhost)} with a ${member} that is not a ${expected}`,
    { vhost: row.vhost, name: row.name, member },
  );

const textIn = (row: Row, member: string): string | undefined => {
  const value = row[member];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(row, member, 'text');
  return value;
};

const requiredText = (row: Row, member: string): string => {
  const value = row[member];
  if (typeof value !== 'string') throw wrong(row, member, 'text');
  return value;
};

const numberIn = (row: Row, member: string): number => {
  const value = row[member] ?? 0;
  if (typeof value !== 'number') throw wrong(row, member, 'number');
  return value;
};

/** A missing sample is absent, not zero: docs/rabbitmq.md 1.3. */
const figureIn = (row: Row, member: string): Figure<number> =>
  row[member] === undefined || row[member] === null ? 'absent' : numberIn(row, member);

const flagIn = (row: Row, member: string, absent: boolean): boolean => {
  const value = row[member] ?? absent;
  if (typeof value !== 'boolean') throw wrong(row, member, 'boolean');
  return value;
};

const none: readonly string[] = [];

const namesIn = (row: Row, member: string): readonly string[] => {
  const value = row[member] ?? none;
  if (!Array.isArray(value) || value.some((name) => typeof name !== 'string'))
    throw wrong(row, member, 'list of names');
  return value as readonly string[];
};

/** Any JSON object is a definition; an empty one is `[]` in some versions, or missing: docs/rabbitmq.md 1.3. */
const definitionIn = (row: Row, member: string): PolicyDefinition => {
  const value = row[member];
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(row, member, 'object');
  return value as PolicyDefinition;
};

/** Missing while the broker has no sample of a queue; then it says nothing about policies. */
const effectiveIn = (row: Row): Figure<PolicyDefinition> =>
  row.effective_policy_definition === undefined ? 'absent' : definitionIn(row, 'effective_policy_definition');

const noArguments: PolicyDefinition = {};

/** Arguments that a policy's key could set as well, `x-` taken off; of the thousands of others nothing is kept. */
const argumentsIn = (row: Row): PolicyDefinition => {
  const given = definitionIn(row, 'arguments');
  let kept: Record<string, JsonValue> | undefined;
  for (const key in given) {
    const value = given[key];
    if (!key.startsWith('x-') || key === 'x-queue-type' || value === undefined) continue;
    kept ??= {};
    kept[key.slice(2)] = value;
  }
  return kept ?? noArguments;
};

/** `live` is a record's state and says nothing about its process: a broker without samples shows it. */
const stateIn = (row: Row): string => {
  const state = textIn(row, 'state') ?? 'unknown';
  return state === 'live' ? 'unknown' : state;
};

const queueTypes: Readonly<Record<string, QueueType>> = {
  classic: 'classic',
  quorum: 'quorum',
  stream: 'stream',
  rabbit_classic_queue: 'classic',
  rabbit_quorum_queue: 'quorum',
  rabbit_stream_queue: 'stream',
};

/** The rows of a list. @throws UnexpectedAnswer when it is no list of objects */
export const rowsOf = (value: unknown, what: string): readonly Row[] => {
  if (Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null)) return value;
  throw new UnexpectedAnswer(`${what} did not answer with a list of objects`, { what });
};

/** @throws UnexpectedAnswer naming the member that is missing or of another type */
export const policyFrom = (row: Row): RabbitPolicy => ({
  vhost: requiredText(row, 'vhost'),
  name: requiredText(row, 'name'),
  pattern: requiredText(row, 'pattern'),
  applyTo: textIn(row, 'apply-to') ?? 'all',
  definition: definitionIn(row, 'definition'),
  priority: numberIn(row, 'priority'),
});

/** Equal values as one: thousands of queues share a few definitions and lists of nodes. */
const sharing = (): (<T extends object>(value: T) => T) => {
  const known = new Map<string, object>();
  return <T extends object>(value: T): T => {
    if (value === none || value === noArguments) return value;
    const key = JSON.stringify(value);
    const first = known.get(key);
    if (first !== undefined) return first as T;
    known.set(key, value);
    return value;
  };
};

/** Reads rows of one list of queues. @throws UnexpectedAnswer naming the member that is missing or of another type */
export const queueReader = (): ((row: Row) => RabbitQueue) => {
  const shared = sharing();
  return (row) => {
    const queue = queueFrom(row);
    const { effectiveDefinition } = queue;
    return {
      ...queue,
      arguments: shared(queue.arguments),
      mirrors: shared(queue.mirrors),
      synchronisedMirrors: shared(queue.synchronisedMirrors),
      members: shared(queue.members),
      onlineMembers: shared(queue.onlineMembers),
      effectiveDefinition: effectiveDefinition === 'absent' ? 'absent' : shared(effectiveDefinition),
    };
  };
};

const queueFrom = (row: Row): RabbitQueue => ({
  vhost: requiredText(row, 'vhost'),
  name: requiredText(row, 'name'),
  // Brokers before 3.8 know one type and name none.
  type: queueTypes[textIn(row, 'type') ?? 'classic'] ?? 'other',
  durable: flagIn(row, 'durable', true),
  exclusive: flagIn(row, 'exclusive', false),
  autoDelete: flagIn(row, 'auto_delete', false),
  arguments: argumentsIn(row),
  messages: figureIn(row, 'messages'),
  messageBytes: figureIn(row, 'message_bytes'),
  leader: textIn(row, 'leader') ?? textIn(row, 'node'),
  mirrors: namesIn(row, 'slave_nodes'),
  synchronisedMirrors: namesIn(row, 'synchronised_slave_nodes'),
  members: namesIn(row, 'members'),
  onlineMembers: namesIn(row, 'online'),
  state: stateIn(row),
  policy: textIn(row, 'policy'),
  operatorPolicy: textIn(row, 'operator_policy'),
  effectiveDefinition: effectiveIn(row),
});
