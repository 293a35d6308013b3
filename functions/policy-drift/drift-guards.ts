import type { BrokerSnapshot } from '../brokers/broker-snapshot.ts';
import type { Finding } from '../runtime/finding.ts';
import { isSynchronising } from './copies.ts';
import { someNames } from './drift-finding.ts';
import type { RabbitCluster, RabbitNode } from './rabbitmq/rabbit-cluster.ts';

/** Clusters know neither enrolment nor anti-flap. */
export const clusterGuards = { scope: 'this cluster', automaticFailover: true, antiFlapSeconds: 0 } as const;

/** Runs on a cluster are started by a person or a schedule; none of them overrides the table. */
export const clusterRun = { automatic: false, overrideControl: null } as const;

/** What must be well before a policy is written. */
export interface GuardFacts {
  readonly broker: Pick<BrokerSnapshot, 'state' | 'engine' | 'actionsRequired' | 'brokerId'>;
  readonly cluster: RabbitCluster;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** Twice the longest a function reads and judges: older figures come from a process that was stopped meanwhile. */
const maxFigureAgeMs = 40_000;

/** Figures of a node that a guard asks for; of a node that is down there are none, and that blocks by itself. */
const nodeFigures = ['memoryAlarm', 'diskAlarm', 'partitions'] as const satisfies readonly (keyof RabbitNode)[];

/** Everything about the broker that speaks against a write now; docs/rabbitmq.md 5. */
export const guardBlockers = ({ broker, cluster, nowMs }: GuardFacts): readonly Finding[] => {
  const blockers: Finding[] = [];
  const block = (code: string, message: string, evidence: Finding['evidence']): void =>
    void blockers.push({ code, message, evidence });
  if (broker.actionsRequired.length > 0) {
    const { actionsRequired } = broker;
    block('ACTION_REQUIRED', `the service requires action first: ${actionsRequired.join(', ')}`, { actionsRequired });
  }
  if (broker.state !== 'RUNNING') {
    block('NOT_RUNNING', `the broker must be RUNNING, but it is ${broker.state}`, { state: broker.state });
  }
  const nodes = (keep: (node: RabbitCluster['nodes'][number]) => boolean): readonly string[] =>
    cluster.nodes.filter(keep).map(({ name }) => name);
  const down = nodes(({ running }) => !running);
  if (down.length > 0) block('NODE_DOWN', `${down.join(', ')} not running; wait until it is back`, { nodes: down });
  if (cluster.nodes.length === 0) block('FIGURE_ABSENT', 'the management API names no node', { figure: 'nodes' });
  for (const figure of nodeFigures) {
    const mute = nodes((node) => node.running && node[figure] === 'absent');
    if (mute.length === 0) continue;
    const message = `${mute.join(', ')} shows no ${figure}: the broker has no sample of it, or its metrics are switched off`;
    block('FIGURE_ABSENT', message, { figure, nodes: mute });
  }
  const ageMs = nowMs - cluster.readAtMs;
  if (ageMs > maxFigureAgeMs) {
    const message = `the figures are ${Math.round(ageMs / 1_000)} s old, at most ${maxFigureAgeMs / 1_000} s are judged by`;
    block('FIGURES_STALE', message, { ageMs, maxFigureAgeMs });
  }
  const parted = nodes(({ partitions }) => partitions !== 'absent' && partitions.length > 0);
  if (parted.length > 0) block('PARTITION', `${parted.join(', ')} cut off from other nodes`, { nodes: parted });
  const memory = nodes(({ memoryAlarm }) => memoryAlarm === true);
  if (memory.length > 0) {
    block('MEMORY_ALARM', `memory alarm on ${memory.join(', ')}: a synchronisation needs memory`, { nodes: memory });
  }
  const disk = nodes(({ diskAlarm }) => diskAlarm === true);
  if (disk.length > 0) block('DISK_ALARM', `disk alarm on ${disk.join(', ')}`, { nodes: disk });
  const syncing = cluster.queues.filter(isSynchronising).map(({ vhost, name }) => `${vhost}: ${name}`);
  if (syncing.length > 0) {
    block('SYNCHRONISING', `${syncing.length} queue(s) synchronise; one change at a time`, {
      queues: someNames(syncing),
    });
  }
  return blockers;
};
