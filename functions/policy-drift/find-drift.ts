import type { ClusterConfig } from '../shared/cluster-config.ts';
import type { RabbitCluster } from '../shared/rabbit-cluster.ts';
import { isAwsOwned, missingAwsPolicies } from './aws-owned.ts';
import { declaredDrift, shadowedDeclarations } from './declared-drift.ts';
import { desiredPolicies } from './desired-policies.ts';
import { type DriftFinding, groupBy, type PolicyChange, policyKey, someNames } from './drift-finding.ts';
import { type SimulatedQueue, simulateCluster } from './effective-policy.ts';
import { maxLengthOf } from './instance-limits.ts';
import { mirroringDrift } from './mirroring-drift.ts';
import { queueDrift, uncoveredVhosts } from './queue-drift.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Where a cluster stands, beside what its broker says. */
export interface DriftFacts {
  readonly cluster: RabbitCluster;
  readonly profile: VersionProfile;
  readonly config: Pick<ClusterConfig, 'policies' | 'undeclared' | 'exceptions'>;
  /** HostInstanceType as DescribeBroker gives it. */
  readonly instanceType: string;
  /** Whether the service has had its time to recreate policies of its own. */
  readonly serviceHadItsTime: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** Everything that drifts, what of it is excepted for now, and the changes that would end the rest. */
export interface Drift {
  readonly findings: readonly DriftFinding[];
  readonly excepted: readonly DriftFinding[];
  /** At most one for each policy. */
  readonly changes: readonly PolicyChange[];
  /** Policies of Amazon MQ that the cluster has or should have; none of them is ever written. */
  readonly untouchedAwsOwned: number;
  /** Whether the service is expected to recreate something. */
  readonly awaitsService: boolean;
  readonly simulated: readonly SimulatedQueue[];
}

const systemFindings = ({ cluster, profile, serviceHadItsTime }: DriftFacts): readonly DriftFinding[] =>
  [...groupBy(missingAwsPolicies(cluster, profile), ({ name }) => name).entries()].map(([name, missing]) => ({
    code: serviceHadItsTime ? 'AWS_POLICY_NOT_RECREATED' : 'AWS_POLICY_MISSING',
    severity: serviceHadItsTime ? 'critical' : 'high',
    vhost: missing.length === 1 ? (missing[0]?.vhost ?? '/') : '(all)',
    policy: name,
    queues: 0,
    message: serviceHadItsTime
      ? `policy "${name}" of Amazon MQ is missing, and the service has not recreated it; open a support case`
      : `policy "${name}" of Amazon MQ is missing; the service recreates it`,
    evidence: { vhosts: someNames(missing.map(({ vhost }) => vhost)), operator: missing[0]?.operator },
    remedy: undefined,
  }));

const limitFindings = ({ cluster, instanceType }: DriftFacts): readonly DriftFinding[] => {
  const limit = maxLengthOf(instanceType);
  if (limit === undefined) return [];
  return cluster.policies.flatMap((policy): readonly DriftFinding[] => {
    const value = policy.definition['max-length'];
    if (typeof value !== 'number' || value <= limit) return [];
    return [
      {
        code: 'LIMIT_EXCEEDED',
        severity: 'low',
        vhost: policy.vhost,
        policy: policy.name,
        queues: 0,
        message: `policy "${policy.name}" in ${policy.vhost} allows ${value} messages, more than ${instanceType} is made for (${limit}); lowering it by itself could drop messages`,
        evidence: { value, limit, instanceType },
        remedy: undefined,
      },
    ];
  });
};

/** One change for each policy; the declaration knows best, then what comes first. */
const changesOf = (findings: readonly DriftFinding[]): readonly PolicyChange[] => {
  const changes = new Map<string, PolicyChange>();
  for (const { remedy } of findings) {
    if (remedy === undefined || isAwsOwned(remedy.name)) continue;
    const key = policyKey(remedy.vhost, remedy.name);
    if (!changes.has(key)) changes.set(key, remedy);
  }
  return [...changes.values()];
};

/** Finds every kind of drift at once. A function of values: reads nothing, writes nothing. */
export const findDrift = (facts: DriftFacts): Drift => {
  const { cluster, profile, config, nowMs } = facts;
  const simulated = simulateCluster(cluster, profile);
  const desired = desiredPolicies(config.policies, cluster, profile);
  const all = [
    ...systemFindings(facts),
    ...mirroringDrift(cluster, simulated, desired, profile),
    ...declaredDrift(cluster, desired, profile),
    ...shadowedDeclarations(simulated, desired, profile, config.undeclared === 'remove'),
    ...queueDrift(cluster, simulated, profile),
    ...uncoveredVhosts(cluster, simulated, profile),
    ...limitFindings(facts),
  ];
  const valid = config.exceptions.filter(({ expiresAt }) => nowMs < expiresAt);
  const isExcepted = (finding: DriftFinding): boolean =>
    valid.some(
      ({ vhost, policy, code }) =>
        vhost === finding.vhost &&
        (policy === undefined || policy === finding.policy) &&
        (code === undefined || code === finding.code),
    );
  const expired = config.exceptions
    .filter((exception) => !valid.includes(exception))
    .map(
      ({ vhost, policy, reason, expiresAt }): DriftFinding => ({
        code: 'EXCEPTION_EXPIRED',
        severity: 'low',
        vhost,
        policy,
        queues: 0,
        message: `the exception "${reason}" for ${policy ?? 'all policies'} in ${vhost} has expired; renew it or remove it`,
        evidence: { expiresAt: new Date(expiresAt).toISOString() },
        remedy: undefined,
      }),
    );
  const findings = [...all.filter((finding) => !isExcepted(finding)), ...expired];
  const owned = [...cluster.policies, ...cluster.operatorPolicies].filter(({ name }) => isAwsOwned(name));
  const untouchedAwsOwned = owned.length + missingAwsPolicies(cluster, profile).length;
  return {
    findings,
    excepted: all.filter(isExcepted),
    changes: changesOf(findings),
    untouchedAwsOwned,
    awaitsService: all.some(({ code }) => code === 'AWS_POLICY_MISSING'),
    simulated,
  };
};
