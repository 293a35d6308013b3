import type { RabbitCluster, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** The system policy that Amazon MQ recreates whenever it is deleted; docs/rabbitmq.md 4.1. */
const systemPolicy = 'ha-all-AWS-OWNED-DO-NOT-DELETE';

/** The operator policy that Amazon MQ keeps in every virtual host; docs/rabbitmq.md 4.3. */
const managedOperatorPolicy = 'default_operator_policy_AWS_managed';

/** Names of policies that belong to the service; docs/rabbitmq.md 4.1. */
const ownedNames: readonly string[] = [
  systemPolicy,
  managedOperatorPolicy,
  'AWS-DEFAULT-POLICY-SINGLE-INSTANCE',
  'AWS-DEFAULT-POLICY-CLUSTER-MULTI-AZ',
  'AWS-DEFAULT-QUORUM-QUEUES-POLICY-CLUSTER-MULTI-AZ',
  'AWS-DEFAULT-POLICY-CLUSTER',
];

/** Also catches names that the service may add: nobody else may write them either. */
const ownedPattern = /AWS-OWNED|^AWS-DEFAULT-|_AWS_managed$/;

/** Whether a policy's name says that Amazon MQ owns it: such a policy is never written. */
export const isAwsOwned = (name: string): boolean => ownedNames.includes(name) || ownedPattern.test(name);

/** Policies of the service that a cluster should have and has not, and that the service makes anew by itself. */
export const missingAwsPolicies = (
  cluster: RabbitCluster,
  profile: VersionProfile,
): readonly { readonly vhost: string; readonly name: string; readonly operator: boolean }[] => {
  const missing: { vhost: string; name: string; operator: boolean }[] = [];
  const has = (policies: readonly RabbitPolicy[], vhost: string, name: string): boolean =>
    policies.some((policy) => policy.vhost === vhost && policy.name === name);
  if (profile.mirroring && cluster.vhosts.includes('/') && !has(cluster.policies, '/', systemPolicy)) {
    missing.push({ vhost: '/', name: systemPolicy, operator: false });
  }
  if (profile.operatorMirroring) {
    const covered = new Set(
      cluster.operatorPolicies.filter(({ name }) => name === managedOperatorPolicy).map(({ vhost }) => vhost),
    );
    for (const vhost of cluster.vhosts) {
      if (!covered.has(vhost)) missing.push({ vhost, name: managedOperatorPolicy, operator: true });
    }
  }
  return missing;
};
