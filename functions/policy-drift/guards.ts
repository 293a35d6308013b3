import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { Finding } from '../runtime/finding.ts';
import { isSynchronising } from './copies.ts';
import { someNames } from './drift-finding.ts';
import type { RabbitCluster } from './rabbitmq/rabbit-cluster.ts';

/** What must be well before a policy is written. */
export interface GuardFacts {
  readonly broker: Pick<BrokerSnapshot, 'state' | 'engine' | 'actionsRequired' | 'brokerId'>;
  readonly cluster: RabbitCluster;
}

/** Everything about the broker that speaks against a write now; docs/rabbitmq.md 5. */
export const guardBlockers = ({ broker, cluster }: GuardFacts): readonly Finding[] => {
  const blockers: Finding[] = [];
  const block = (code: string, message: string, evidence: Finding['evidence']): void =>
    void blockers.push({ code, message, evidence });
  if (broker.actionsRequired.length > 0) {
    const { actionsRequired } = broker;
    block('ACTION_REQUIRED', `the service demands action first: ${actionsRequired.join(', ')}`, { actionsRequired });
  }
  if (broker.state !== 'RUNNING') {
    block('NOT_RUNNING', `the broker must be RUNNING, it is ${broker.state}`, { state: broker.state });
  }
  const nodes = (keep: (node: RabbitCluster['nodes'][number]) => boolean): readonly string[] =>
    cluster.nodes.filter(keep).map(({ name }) => name);
  const down = nodes(({ running }) => !running);
  if (down.length > 0) block('NODE_DOWN', `${down.join(', ')} not running; wait until it is back`, { nodes: down });
  const parted = nodes(({ partitions }) => partitions.length > 0);
  if (parted.length > 0) block('PARTITION', `${parted.join(', ')} cut off from other nodes`, { nodes: parted });
  const memory = nodes(({ memoryAlarm }) => memoryAlarm);
  if (memory.length > 0) {
    block('MEMORY_ALARM', `memory alarm on ${memory.join(', ')}: a synchronisation needs memory`, { nodes: memory });
  }
  const disk = nodes(({ diskAlarm }) => diskAlarm);
  if (disk.length > 0) block('DISK_ALARM', `disk alarm on ${disk.join(', ')}`, { nodes: disk });
  const syncing = cluster.queues.filter(isSynchronising).map(({ vhost, name }) => `${vhost}: ${name}`);
  if (syncing.length > 0) {
    block('SYNCHRONISING', `${syncing.length} queue(s) synchronise; one change at a time`, {
      queues: someNames(syncing),
    });
  }
  return blockers;
};
