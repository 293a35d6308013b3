import type { GaugeName } from '../../functions/brokers/replication-gauges.ts';
import { asExpected, judged, notShown, type Sight } from './observation.ts';
import type { PairReadings } from './pair-readings.ts';
import type { QuestionId } from './questions.ts';

/** Gauges that are times; QueueSize is a count. */
const timeGauges: readonly GaugeName[] = [
  'TotalReplicationLag',
  'PrimaryWaitTime',
  'ReplicationLag',
  'ReplicaWaitTime',
];

const intermediateQueue = 'ActiveMQ.Plugin.Replication.Intermediate.Queue';

const roleTextOf = (broker: PairReadings['primary']): string =>
  broker.description.DataReplicationMetadata?.DataReplicationRole ?? '(none)';

const spelling = ({ primary, replica }: PairReadings): Sight => {
  const texts = [roleTextOf(primary), roleTextOf(replica)];
  const isAssumed = texts.map((text) => text.trim().toUpperCase()).join(' ') === 'PRIMARY REPLICA';
  return judged(isAssumed, texts.map((text) => `"${text}"`).join(' and '));
};

const replicaState = ({ replica }: PairReadings): Sight => {
  const state = replica.description.BrokerState ?? '(none)';
  return judged(state === 'RUNNING' || state === 'REPLICA', state);
};

const units = ({ gauges }: PairReadings): Sight => {
  const found = timeGauges.flatMap((name) => (gauges[name]?.units ?? []).map((unit) => `${name}: ${unit}`));
  if (found.length === 0) return notShown('no gauge has a point in the last quarter of an hour');
  return judged(
    found.every((text) => text.endsWith(': Milliseconds')),
    found.join(', '),
  );
};

const engine = ({ primary }: PairReadings): Sight => {
  const version = primary.description.EngineVersion ?? '(none)';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > 5 || (major === 5 && minor >= 19);
  return isNew ? asExpected(`${version} is paired`) : notShown(`the pair has engine ${version}`);
};

const jolokia = ({ jolokia: door }: PairReadings): Sight => {
  if (!door.asked) return notShown('the primary names no web console');
  if ('failed' in door) return notShown(`the console cannot be reached from here: ${door.failed}`);
  const seen = `status ${door.status} ${door.withUser ? 'for a console user' : 'without a user'}`;
  if (door.status === 404) return asExpected(seen);
  if (door.status >= 200 && door.status < 300) return judged(false, seen);
  return notShown(seen);
};

const queueSize = ({ replicationQueues }: PairReadings): Sight => {
  if (replicationQueues.length === 0) return notShown('no queue of the replication has metrics');
  return judged(replicationQueues.includes(intermediateQueue), replicationQueues.join(', '));
};

const pendingMode = ({ primary, replica }: PairReadings): Sight => {
  const pending = (broker: PairReadings['primary']): string =>
    broker.description.PendingDataReplicationMode ?? 'nothing pending';
  const seen = `primary: ${pending(primary)}; replica: ${pending(replica)}`;
  return replica.description.PendingDataReplicationMode === undefined ? notShown(seen) : asExpected(seen);
};

const sharedNames = ({ namesInBothRegions: names }: PairReadings): Sight =>
  names.length > 0
    ? asExpected(`${names.length} names are used in both Regions`)
    : notShown('no name is used in both Regions');

const connectionsOf = ({ last }: PairReadings['connections']['primary']): string =>
  last === undefined ? 'no points' : String(last);

const connections = ({ connections: { primary, replica } }: PairReadings): Sight => {
  const seen = `primary: ${connectionsOf(primary)}; replica: ${connectionsOf(replica)}`;
  return replica.last === undefined ? notShown(seen) : judged(replica.last === 0, seen);
};

/** How each question is judged that reads may answer. */
export const judgements = {
  '15.1': spelling,
  '15.2': replicaState,
  '15.4': units,
  '15.7': engine,
  '15.8': jolokia,
  '15.10': queueSize,
  '15.11': pendingMode,
  '15.14': sharedNames,
  '15.19': connections,
} as const satisfies Partial<Record<QuestionId, (readings: PairReadings) => Sight>>;
