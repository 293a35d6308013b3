import type { ClusterConfig } from '../config/cluster-config.ts';
import { isAwsOwned, missingAwsPolicies } from './aws-owned.ts';
import { declaredDrift, shadowedDeclarations } from './declared-drift.ts';
import { desiredPolicies } from './desired-policies.ts';
import { type DriftFinding, groupBy, type PolicyChange, policyKey, someNames } from './drift-finding.ts';
import { type SimulatedQueue, simulateCluster } from './effective-policy.ts';
import { limitDrift } from './limit-drift.ts';
import { mirroringDrift } from './mirroring-drift.ts';
import { queueDrift, uncoveredVhosts } from './queue-drift.ts';
import type { RabbitCluster } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Where a cluster stands, in addition to what its broker says. */
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
  /** Policies that the team has declared, by `policyKey`. */
  readonly declared: ReadonlySet<string>;
  /** Policies of Amazon MQ that the cluster has or should have; none of them is ever written. */
  readonly untouchedAwsOwned: number;
  /** Whether the service is expected to recreate something. */
  readonly awaitsService: boolean;
  readonly simulated: readonly SimulatedQueue[];
}

const systemFindings = (
  absent: ReturnType<typeof missingAwsPolicies>,
  serviceHadItsTime: boolean,
): readonly DriftFinding[] =>
  [...groupBy(absent, ({ name }) => name).entries()].map(([name, missing]) => ({
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
  const absent = missingAwsPolicies(cluster, profile);
  const simulated = simulateCluster(cluster, profile);
  const desired = desiredPolicies(config.policies, cluster, profile);
  const all = [
    ...systemFindings(absent, facts.serviceHadItsTime),
    ...mirroringDrift(cluster, simulated, desired, profile),
    ...declaredDrift(cluster, desired, profile),
    ...shadowedDeclarations(simulated, desired, profile, config.undeclared === 'remove'),
    ...queueDrift(cluster, simulated, profile),
    ...uncoveredVhosts(cluster, simulated, profile),
    ...limitDrift(cluster, profile, facts.instanceType),
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
  const untouchedAwsOwned = owned.length + absent.length;
  return {
    findings,
    excepted: all.filter(isExcepted),
    changes: changesOf(findings),
    declared: new Set(desired.keys()),
    untouchedAwsOwned,
    awaitsService: all.some(({ code }) => code === 'AWS_POLICY_MISSING'),
    simulated,
  };
};
