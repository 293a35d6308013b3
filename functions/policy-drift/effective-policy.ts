import { mergeDefinitions } from './merge-definitions.ts';
import { matchedName, PolicyIndex } from './policy-index.ts';
import type { PolicyDefinition, RabbitCluster, RabbitPolicy, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** What applies to a queue: names of both policies and their merged settings, or why that cannot be said. */
export type EffectivePolicy =
  | {
      readonly decided: true;
      readonly policy: RabbitPolicy | undefined;
      readonly operatorPolicy: RabbitPolicy | undefined;
      readonly definition: PolicyDefinition;
      /** A user policy of higher rank that matches the name and is void for the queue's type. */
      readonly passedOver: RabbitPolicy | undefined;
    }
  | { readonly decided: false; readonly because: string; readonly among: readonly string[] };

/** The policies of one virtual host, applied to its queues as RabbitMQ would. */
export class VhostPolicies {
  readonly #user: PolicyIndex;
  readonly #operator: PolicyIndex;

  constructor(user: readonly RabbitPolicy[], operator: readonly RabbitPolicy[], profile: VersionProfile) {
    this.#user = new PolicyIndex(user, profile);
    this.#operator = new PolicyIndex(operator, profile);
  }

  effective(queue: Pick<RabbitQueue, 'name' | 'type'>): EffectivePolicy {
    const asked = { name: matchedName(queue.name), type: queue.type };
    const user = this.#user.choose(asked);
    if (!user.decided) return user;
    const operator = this.#operator.choose(asked);
    if (!operator.decided) return operator;
    const merged = mergeDefinitions(user.policy?.definition, operator.policy?.definition);
    if (!merged.known) {
      const because = `user and operator policy both set ${merged.keys.join(', ')}, and how they merge is not known`;
      return { decided: false, because, among: [user.policy?.name ?? '', operator.policy?.name ?? ''] };
    }
    const { policy, passedOver } = user;
    return { decided: true, policy, operatorPolicy: operator.policy, definition: merged.definition, passedOver };
  }
}

/** Items by their virtual host, in their order. */
export const byVhost = <T extends { readonly vhost: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(items, ({ vhost }) => vhost);

/** A queue with what applies to it. */
export interface SimulatedQueue {
  readonly queue: RabbitQueue;
  readonly effective: EffectivePolicy;
}

/** What RabbitMQ applies to every queue of a cluster, by the rules of its version; in the order of the queues. */
export const simulateCluster = (
  cluster: Pick<RabbitCluster, 'queues' | 'policies' | 'operatorPolicies'>,
  profile: VersionProfile,
): readonly SimulatedQueue[] => {
  const user = byVhost(cluster.policies);
  const operator = byVhost(cluster.operatorPolicies);
  const vhosts = new Map<string, VhostPolicies>();
  return cluster.queues.map((queue) => {
    let policies = vhosts.get(queue.vhost);
    if (policies === undefined) {
      policies = new VhostPolicies(user.get(queue.vhost) ?? [], operator.get(queue.vhost) ?? [], profile);
      vhosts.set(queue.vhost, policies);
    }
    return { queue, effective: policies.effective(queue) };
  });
};
