import type { PolicyDefinition, RabbitCluster, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/**
 * How many copies of a queue's messages settings call for, the leader's included; docs/rabbitmq.md 3.1. Quorum queues
 * and streams keep their members whatever a policy says.
 */
export const copiesOf = (
  queue: RabbitQueue,
  definition: PolicyDefinition,
  cluster: Pick<RabbitCluster, 'nodes'>,
  profile: VersionProfile,
): number => {
  if (queue.type !== 'classic') return queue.members.length;
  // An exclusive queue dies with its connection and is never mirrored; docs/rabbitmq.md 3.1.
  if (queue.exclusive || !profile.mirroring) return 1;
  const nodes = cluster.nodes.length;
  const mode = definition['ha-mode'];
  const params = definition['ha-params'];
  if (mode === 'all') return nodes;
  if (mode === 'exactly') return typeof params === 'number' ? Math.max(1, Math.min(params, nodes)) : 1;
  if (mode !== 'nodes' || !Array.isArray(params)) return 1;
  return Math.max(1, cluster.nodes.filter(({ name }) => params.includes(name)).length);
};

/** Whether a classic queue has a mirror that does not hold all messages yet. */
export const hasUnsynchronisedMirror = (queue: RabbitQueue): boolean =>
  queue.mirrors.some((mirror) => !queue.synchronisedMirrors.includes(mirror));

/** Whether a queue is copying its messages right now, and therefore blocked; docs/rabbitmq.md 5.2. */
export const isSynchronising = (queue: RabbitQueue): boolean => queue.state === 'syncing';
