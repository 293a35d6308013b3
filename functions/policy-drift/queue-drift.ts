import { isAwsOwned } from './aws-owned.ts';
import { hasUnsynchronisedMirror, isSynchronising } from './copies.ts';
import { isMirrored } from './desired-policies.ts';
import { type DriftFinding, groupBy, type Severity, severalNames, someNames } from './drift-finding.ts';
import type { EffectivePolicy, SimulatedQueue } from './effective-policy.ts';
import { sameDefinition } from './merge-definitions.ts';
import type { RabbitCluster, RabbitPolicy, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
import type { VersionProfile } from './version-profiles.ts';

/** Copies that a replicated queue should have: a majority of them survives the loss of a node; docs/rabbitmq.md 3.2. */
const wantedMembers = 3;

interface QueueRule {
  readonly code: string;
  readonly severity: Severity;
  readonly applies: (simulated: SimulatedQueue) => boolean;
  readonly message: (vhost: string, queues: number) => string;
}

const rulesFor = (cluster: RabbitCluster, profile: VersionProfile): readonly QueueRule[] => {
  const wanted = Math.min(wantedMembers, cluster.nodes.length);
  const clustered = cluster.nodes.length > 1;
  const rules: QueueRule[] = [
    {
      code: 'STREAM_UNSUPPORTED',
      severity: 'high',
      applies: ({ queue }) => queue.type === 'stream',
      message: (vhost, queues) => `${queues} stream(s) in ${vhost}: Amazon MQ does not support streams`,
    },
    {
      code: 'MIRRORS_UNSYNCHRONISED',
      severity: 'high',
      applies: ({ queue }) => hasUnsynchronisedMirror(queue) && !isSynchronising(queue),
      message: (vhost, queues) =>
        `${queues} queue(s) in ${vhost} have mirrors without all messages, and nothing synchronises them`,
    },
  ];
  if (profile.quorumQueues === 'data-loss') {
    rules.push({
      code: 'QUORUM_QUEUES_UNSUPPORTED',
      severity: 'critical',
      applies: ({ queue }) => queue.type === 'quorum',
      message: (vhost, queues) =>
        `${queues} quorum queue(s) in ${vhost}: Amazon MQ does not support them on RabbitMQ ${profile.family}, and they lose data there; move their messages to classic queues`,
    });
  } else {
    rules.push({
      code: 'QUORUM_MEMBERS_SHORT',
      severity: 'high',
      applies: ({ queue }) =>
        queue.type === 'quorum' && (queue.members.length < wanted || queue.onlineMembers.length < queue.members.length),
      message: (vhost, queues) =>
        `${queues} quorum queue(s) in ${vhost} have fewer than ${wanted} members, or members that are not online`,
    });
  }
  if (!profile.mirroring && clustered) {
    rules.push({
      code: 'CLASSIC_UNREPLICATED',
      severity: 'high',
      applies: ({ queue }) => queue.type === 'classic' && queue.durable && !queue.exclusive,
      message: (vhost, queues) =>
        `${queues} durable classic queue(s) in ${vhost} live on one node each: RabbitMQ ${profile.family} replicates quorum queues only`,
    });
  }
  return rules;
};

const names = (queues: readonly Pick<SimulatedQueue, 'queue'>[]) => someNames(queues.map(({ queue }) => queue.name));

/** Findings about queues rather than about one policy. Nothing here can be mended by writing a policy. */
export const queueDrift = (
  cluster: RabbitCluster,
  simulated: readonly SimulatedQueue[],
  profile: VersionProfile,
): readonly DriftFinding[] => {
  const findings: DriftFinding[] = [];
  for (const rule of rulesFor(cluster, profile)) {
    for (const [vhost, queues] of groupBy(simulated.filter(rule.applies), ({ queue }) => queue.vhost)) {
      const { code, severity } = rule;
      const message = rule.message(vhost, queues.length);
      const evidence = { names: names(queues) };
      findings.push({
        code,
        severity,
        vhost,
        policy: undefined,
        queues: queues.length,
        message,
        evidence,
        remedy: undefined,
      });
    }
  }
  return [...findings, ...voidPolicies(simulated), ...undecided(simulated), ...disagreements(simulated)];
};

/** Policies that match queues by name and are void for their type, so that another policy or none applies. */
const voidPolicies = (simulated: readonly SimulatedQueue[]): readonly DriftFinding[] => {
  const passed: { readonly queue: RabbitQueue; readonly policy: RabbitPolicy }[] = [];
  for (const { queue, effective } of simulated) {
    if (!effective.decided || effective.passedOver === undefined || isAwsOwned(effective.passedOver.name)) continue;
    passed.push({ queue, policy: effective.passedOver });
  }
  const groups = groupBy(passed, ({ queue, policy }) => JSON.stringify([queue.vhost, policy.name, queue.type]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { queue, policy } = first;
    return {
      code: 'VOID_FOR_TYPE',
      severity: 'high' as const,
      vhost: queue.vhost,
      policy: policy.name,
      queues: group.length,
      message: `policy "${policy.name}" in ${queue.vhost} is void for ${group.length} ${queue.type} queue(s): it sets keys that the type does not have; narrow its apply-to or take them out`,
      evidence: { keys: Object.keys(policy.definition), names: names(group) },
      remedy: undefined,
    };
  });
};

const undecided = (simulated: readonly SimulatedQueue[]): readonly DriftFinding[] => {
  const open: (SimulatedQueue & { readonly open: EffectivePolicy & { decided: false } })[] = [];
  for (const { queue, effective } of simulated) {
    if (!effective.decided) open.push({ queue, effective, open: effective });
  }
  const groups = groupBy(open, (each) => JSON.stringify([each.queue.vhost, each.open.because, each.open.among]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { because, among } = first.open;
    return {
      code: 'UNDECIDED',
      severity: 'low' as const,
      vhost: first.queue.vhost,
      policy: among.length === 1 ? among[0] : undefined,
      queues: group.length,
      message: `which policy applies to ${group.length} queue(s) in ${first.queue.vhost} is left open (${because}); give the policies ${severalNames(among)} different priorities or plainer patterns`,
      evidence: { because, among, names: names(group) },
      remedy: undefined,
    };
  });
};

/**
 * Whether the broker applies something else than the rules say. A queue that it shows nothing for, such as one that is
 * younger than a sample, cannot tell: that is unknown for this queue alone.
 */
export const disagrees = (queue: RabbitQueue, effective: SimulatedQueue['effective']): boolean =>
  effective.decided &&
  queue.state !== 'down' &&
  queue.effectiveDefinition !== 'absent' &&
  ((queue.policy ?? '') !== (effective.policy?.name ?? '') ||
    !sameDefinition(queue.effectiveDefinition, effective.definition));

const disagreements = (simulated: readonly SimulatedQueue[]): readonly DriftFinding[] => {
  const odd = simulated.filter(({ queue, effective }) => disagrees(queue, effective));
  return [...groupBy(odd, ({ queue }) => queue.vhost)].map(([vhost, queues]) => ({
    code: 'SIMULATION_DISAGREES',
    severity: 'low' as const,
    vhost,
    policy: undefined,
    queues: queues.length,
    message: `the broker applies something else to ${queues.length} queue(s) in ${vhost} than its rules say; nothing is written there`,
    evidence: {
      names: names(queues),
      broker: queues[0]?.queue.effectiveDefinition,
      simulated: queues[0]?.effective.decided ? queues[0].effective.definition : undefined,
    },
    remedy: undefined,
  }));
};

/** Virtual hosts whose queues no user policy covers. */
export const uncoveredVhosts = (
  cluster: RabbitCluster,
  simulated: readonly SimulatedQueue[],
  profile: VersionProfile,
): readonly DriftFinding[] => {
  const without = simulated.filter(
    ({ queue, effective }) => effective.decided && effective.policy === undefined && !queue.exclusive,
  );
  const queues = groupBy(without, ({ queue }) => queue.vhost);
  const withPolicies = new Set<string>();
  for (const { vhost } of cluster.policies) withPolicies.add(vhost);
  for (const { vhost } of cluster.operatorPolicies) withPolicies.add(vhost);
  return cluster.vhosts.flatMap((vhost): readonly DriftFinding[] => {
    const uncovered = queues.get(vhost) ?? [];
    const bare = uncovered.filter(
      ({ queue, effective }) =>
        profile.mirroring && queue.type === 'classic' && effective.decided && !isMirrored(effective.definition),
    );
    const empty = !withPolicies.has(vhost);
    if (uncovered.length === 0 && !empty) return [];
    return [
      {
        code: 'VHOST_UNCOVERED',
        severity: bare.length > 0 ? 'critical' : 'low',
        vhost,
        policy: undefined,
        queues: uncovered.length,
        message:
          bare.length > 0
            ? `${bare.length} classic queue(s) in ${vhost} have no policy and no mirrors`
            : `no user policy covers ${uncovered.length > 0 ? `${uncovered.length} queue(s) in ` : ''}${vhost}: no limit on length, no overflow rule`,
        evidence: { names: names(uncovered) },
        remedy: undefined,
      },
    ];
  });
};
