import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { controlTableName } from '../../infra/names.ts';
import { operatorRegion } from '../../testbed/operator.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';

/** Where proofs of replication leave their messages; functions/config/pair-config.ts. */
const canaryQueue = 'mq-dr.canary';

/** What differs between two runs that have done the same: when, by whom, at the how-manieth try. */
const incidental = /(?:Ms|By|Arn|Seconds|run|fence|owner|sequence|decision|version|attempts?)$/i;

/**
 * Items that come and go with every run and promise nothing for later; a released lock leaves its fence, and
 * the changes of each run are its own trail.
 */
const passing = /^(?:HEARTBEAT|APPROVAL|WATCH|EVENT|RUN|LOCK|CHANGE|LATEST_CHANGES)/;

const plain = (value: AttributeValue): unknown => {
  if (value.L !== undefined) return value.L.map(plain);
  if (value.M !== undefined) {
    return Object.fromEntries(Object.entries(value.M).map(([name, inner]) => [name, plain(inner)]));
  }
  return value.S ?? value.N ?? value.BOOL ?? null;
};

/** A text that holds JSON is compared as what it holds. */
const unfolded = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

const withoutIncidentals = (value: unknown): unknown => {
  const inner = unfolded(value);
  if (Array.isArray(inner)) return inner.map(withoutIncidentals);
  if (typeof inner !== 'object' || inner === null) return inner;
  const kept = Object.entries(inner).filter(([name]) => !incidental.test(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutIncidentals(member)]).sort());
};

const shown = ({ pk, sk, ...attributes }: Readonly<Record<string, AttributeValue>>): string | undefined => {
  const name = sk?.S ?? '';
  // A stop of automatic runs that was lifted is kept for whoever asks, and stops nobody.
  if (passing.test(name) || (name === 'STOP' && attributes.liftedFor !== undefined)) return undefined;
  const body = withoutIncidentals(plain({ M: attributes }));
  // Records of one run carry its name in their key.
  return `${pk?.S ?? ''} ${name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '(run)')}: ${JSON.stringify(body)}`;
};

const controlItems = async (testbed: Testbed): Promise<readonly string[]> => {
  const client = testbed.client(DynamoDBClient, operatorRegion);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: controlTableName, ConsistentRead: true }));
  return Items.flatMap((item) => shown(item) ?? []);
};

/** What a queue holds, in order; a message that a dead run copied may lie in the quarantine twice. */
const contentsOf = ({ dataPlanes }: Testbed, brokerId: string, queue: string): string => {
  const ids = dataPlanes.idsIn(brokerId, queue);
  return `${queue} holds ${(queue.startsWith('mq-dr.quarantine.') ? [...new Set(ids)] : ids).join(' ')}`;
};

const brokerStates = (testbed: Testbed): readonly string[] =>
  testbed.aws.brokers().flatMap(({ brokerId, brokerName, region, state, dataPlane }) => {
    const clients = dataPlane?.acceptsClients === true ? 'open' : 'closed';
    const queues = [...(dataPlane?.queueDepths() ?? [])].filter(([queue, depth]) => depth > 0 && queue !== canaryQueue);
    return [
      `broker ${brokerName} in ${region}: ${state}, ${dataPlane?.role ?? 'no role'}, ${clients}`,
      ...queues.map(([queue]) => `broker ${brokerName}: ${contentsOf(testbed, brokerId, queue)}`),
    ];
  });

const cutoverStates = ({ aws }: Testbed): readonly string[] =>
  [east, west].map((region) => {
    const endpoint = aws.parameter(region, '/mq-dr/orders/endpoint')?.value ?? 'none';
    const fenced = aws.faults.active('clients-denied').filter((fault) => fault.region === region).length;
    return `cutover in ${region}: endpoint ${endpoint}, fences ${fenced}`;
  });

const clusterStates = (testbed: Testbed): readonly string[] =>
  testbed.deployedClusters.flatMap(({ name }) =>
    testbed.cluster(name).policies.map((policy) => `policy ${JSON.stringify(policy)}`),
  );

/** Which of the customer's consumers take messages now, by Region. */
const consumerStates = (testbed: Testbed): readonly string[] => {
  const pair = testbed.pair('orders');
  return pair.brokers().map(({ brokerName, region, amqpAddresses: [endpoint] }) => {
    const atWork = endpoint !== undefined && pair.consumes(endpoint);
    return `consumers of ${brokerName} in ${region}: ${atWork ? 'at work' : 'held'}`;
  });
};

/** Everything that a run leaves behind and that later runs build on, in lines that can be compared. */
export const finalState = async (testbed: Testbed): Promise<readonly string[]> => {
  const names: (readonly [string, string])[] = testbed.aws
    .brokers()
    .map(({ brokerId, brokerName }) => [brokerId, brokerName]);
  const { replicaId } = testbed.pair('orders');
  if (replicaId !== undefined) names.push([replicaId, 'orders-replica']);
  const lines = [
    ...brokerStates(testbed),
    ...cutoverStates(testbed),
    ...clusterStates(testbed),
    ...(await controlItems(testbed)),
    ...consumerStates(testbed),
  ];
  // Ids come from a stream that every call draws from; names are given.
  return lines.map((line) => names.reduce((text, [id, name]) => text.replaceAll(id, name), line)).sort();
};

/** Lines that only one of two final states has, each with the side that has it. */
export const differences = (expected: readonly string[], found: readonly string[]): readonly string[] => [
  ...expected.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
  ...found.filter((line) => !expected.includes(line)).map((line) => `unexpected: ${line}`),
];
