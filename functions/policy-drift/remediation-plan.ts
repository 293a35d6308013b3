import type { DriftLimits } from '../config/cluster-config.ts';
import type { Finding } from '../runtime/finding.ts';
import { isAwsOwned } from './aws-owned.ts';
import type { PolicyChange } from './drift-finding.ts';
import { policyKey } from './drift-finding.ts';
import { rollbackCode } from './drift-records.ts';
import { byVhost, type SimulatedQueue, VhostPolicies } from './effective-policy.ts';
import { exchangeLoss } from './exchange-loss.ts';
import { canonicalText } from './merge-definitions.ts';
import { bytesOf, compilePattern } from './pattern.ts';
import { attemptVerdict, type PolicyHistory } from './policy-history.ts';
import { lackingSettings, protectionLost } from './protection.ts';
import { disagrees } from './queue-drift.ts';
import type { RabbitCluster, RabbitPolicy, RabbitQueue } from './rabbitmq/rabbit-cluster.ts';
import { isPathStep } from './rabbitmq/rabbit-name.ts';
import { applyChange, type QueueEffect, simulateChange } from './simulate-change.ts';
import type { VersionProfile } from './version-profiles.ts';

/** One write, with what it does to each queue that it touches. */
export interface PlannedStep {
  readonly change: PolicyChange;
  /** The policy as it is before the step; undefined when the step creates it. */
  readonly before: RabbitPolicy | undefined;
  readonly effects: readonly QueueEffect[];
}

/** A change that is not made, and why. */
export interface HeldChange extends Finding {
  readonly vhost: string;
  readonly policy: string;
}

/** Steps in the order in which they are safe; and what is not done. */
export interface RemediationPlan {
  readonly steps: readonly PlannedStep[];
  /** Will not be done as things stand. */
  readonly refused: readonly HeldChange[];
  /** May be done later by itself: a queue is too deep now, or an earlier attempt failed a moment ago. */
  readonly postponed: readonly HeldChange[];
  /** Changes beyond the cap, which nobody simulated: with any of these no step may be made. */
  readonly unplanned: number;
}

export interface PlanFacts {
  readonly cluster: RabbitCluster;
  readonly profile: VersionProfile;
  readonly limits: DriftLimits;
  readonly changes: readonly PolicyChange[];
  /** Policies that the team has declared, by `policyKey`: what they leave out is left out on purpose. */
  readonly declared: ReadonlySet<string>;
  readonly simulated: readonly SimulatedQueue[];
  /** Earlier writes of each policy by `policyKey`. */
  readonly histories: ReadonlyMap<string, PolicyHistory>;
  readonly nowMs: number;
}

const held = (change: PolicyChange, code: string, message: string, evidence: Finding['evidence']): HeldChange => ({
  vhost: change.vhost,
  policy: change.name,
  code,
  message: `policy "${change.name}" in ${change.vhost}: ${message}`,
  evidence,
});

/**
 * Changes that were sorted so that those which only add come first, and deletions last: the replacement stands before
 * what it replaces goes.
 */
const inOrder = (changes: readonly PolicyChange[]): readonly PolicyChange[] =>
  [...changes].sort((a, b) => rank(a) - rank(b) || (b.after?.priority ?? 0) - (a.after?.priority ?? 0));
const rank = ({ after }: PolicyChange): number => (after === undefined ? 1 : 0);

/** A virtual host as the plan needs it. */
interface VhostFacts extends PlanFacts {
  readonly queues: readonly RabbitQueue[];
  readonly operators: readonly RabbitPolicy[];
  readonly users: readonly RabbitPolicy[];
}

/** Where a plan stands when one of its changes is judged. */
interface Standing {
  readonly policies: readonly RabbitPolicy[];
  /** Changes of the virtual host that are not made yet, those that will not be made in this run included. */
  readonly open: readonly PolicyChange[];
  /** The policies as they would be if every change that may be made were made. */
  readonly goal: VhostPolicies;
}

type Judged = { readonly step: PlannedStep } | { readonly refused: HeldChange } | { readonly postponed: HeldChange };

/**
 * Whether a queue may lose a setting by a step: only where the team declared the policy that it then goes by, or wants
 * back what was there, and only if it is not given back later on, which would leave a gap on the way.
 */
const isMeant = (effect: QueueEffect, change: PolicyChange, facts: VhostFacts, goal: VhostPolicies): boolean => {
  const back = change.because === rollbackCode;
  const declared = change.after !== undefined && facts.declared.has(policyKey(change.vhost, change.name));
  if (!back && !(declared && effect.after.policy === change.name)) return false;
  const queue = facts.queues.find(({ name }) => name === effect.queue);
  const end = queue === undefined ? undefined : goal.effective(queue);
  return end?.decided === true && lackingSettings(end.definition, effect.after.definition).length === 0;
};

/** What a step would take from a queue that nothing gives it otherwise. */
const lostProtection = (
  effects: readonly QueueEffect[],
  change: PolicyChange,
  facts: VhostFacts,
  { policies, goal }: Standing,
): HeldChange | undefined => {
  for (const effect of effects) {
    const lost = protectionLost(effect, policies, facts.profile);
    if (lost.length === 0 || isMeant(effect, change, facts, goal)) continue;
    const message = `queue "${effect.queue}" would be without its ${lost.join(', ')}, and nothing else gives it that`;
    return held(change, 'WOULD_LOSE_PROTECTION', message, { queue: effect.queue, lost });
  }
  return undefined;
};

/** The write that has to be in force before a deletion, if it is not: one that serves a queue which the deletion touches. */
const lackingReplacement = (
  change: PolicyChange,
  effects: readonly QueueEffect[],
  { policies, open }: Standing,
): string | undefined => {
  if (change.after !== undefined) return undefined;
  const missing = change.replacedBy?.find((wanted) => !policies.some(({ name }) => name === wanted));
  if (missing !== undefined) return missing;
  return open.find(({ after, name }) => {
    if (after === undefined) return false;
    if (change.replacedBy?.includes(name)) return true;
    const { matches } = compilePattern(after.pattern);
    return effects.some(({ queue }) => matches(bytesOf(queue)) !== 'no');
  })?.name;
};

/** Judges one change on the policies as they would be at that point. */
const judge = (change: PolicyChange, standing: Standing, facts: VhostFacts): Judged => {
  const { cluster, profile, limits, operators, queues } = facts;
  const { policies } = standing;
  const before = policies.find(({ name }) => name === change.name);
  const { effects, undecided } = simulateChange(change, policies, operators, queues, cluster, profile);
  const first = undecided[0];
  if (first !== undefined) {
    const message = `what applies to ${undecided.length} queue(s), such as "${first.queue}", is left open (${first.because})`;
    return { refused: held(change, 'UNDECIDED_EFFECT', message, { queues: undecided.length }) };
  }
  const fewer = effects.find((effect) => effect.after.copies < effect.before.copies);
  if (fewer !== undefined) {
    const message = `it would take queue "${fewer.queue}" from ${fewer.before.copies} copies to ${fewer.after.copies}`;
    return { refused: held(change, 'WOULD_LOWER_COPIES', message, { queue: fewer.queue }) };
  }
  const drops = effects.find((effect) => effect.drops !== undefined);
  if (drops !== undefined) {
    const message = `it would drop messages of queue "${drops.queue}": ${drops.drops}`;
    return { refused: held(change, 'WOULD_DROP_MESSAGES', message, { queue: drops.queue, messages: drops.messages }) };
  }
  const unrouted = exchangeLoss(change, policies);
  if (unrouted !== undefined) return { refused: held(change, 'WOULD_DROP_MESSAGES', unrouted, {}) };
  const mute = effects.find((effect) => effect.missing.length > 0);
  if (mute !== undefined) {
    const { queue, missing } = mute;
    const message = `the broker shows no ${missing.join(', ')} of queue "${queue}", without which the cost of the change is unknown`;
    return { refused: held(change, 'FIGURE_ABSENT', message, { queue, figures: missing }) };
  }
  const replacement = lackingReplacement(change, effects, standing);
  if (replacement !== undefined) {
    const message = `policy "${replacement}" has to be in force before it goes, and is not`;
    return { refused: held(change, 'REPLACEMENT_NOT_IN_FORCE', message, { replacement }) };
  }
  const lost = lostProtection(effects, change, facts, standing);
  if (lost !== undefined) return { refused: lost };
  const deep = effects.find(
    ({ resync, messages }) => resync && messages !== 'absent' && messages > limits.deepQueueMessages,
  );
  if (deep !== undefined) {
    const message = `queue "${deep.queue}" would be blocked while ${deep.messages} messages are copied (limit ${limits.deepQueueMessages}); let it drain`;
    return { postponed: held(change, 'DEEP_QUEUE', message, { queue: deep.queue, messages: deep.messages }) };
  }
  return { step: { change, before, effects } };
};

/** Changes of one virtual host, one after the other, each judged on what the earlier ones leave behind. */
const planVhost = (
  changes: readonly PolicyChange[],
  facts: VhostFacts,
  waiting: readonly PolicyChange[],
): Pick<RemediationPlan, 'steps' | 'refused' | 'postponed'> => {
  let policies = facts.users;
  let open = inOrder(changes);
  const wanted = open.reduce(applyChange, policies);
  const goal = new VhostPolicies(wanted, facts.operators, facts.profile);
  const steps: PlannedStep[] = [];
  let last = new Map<PolicyChange, Judged>();
  for (;;) {
    // A step that is refused now may be harmless once another one has been made: try until nothing more goes.
    last = new Map();
    let next: PlannedStep | undefined;
    for (const change of open) {
      const judged = judge(change, { policies, open: [...open, ...waiting], goal }, facts);
      last.set(change, judged);
      if ('step' in judged) {
        next = judged.step;
        break;
      }
    }
    if (next === undefined) break;
    const { change } = next;
    steps.push(next);
    policies = applyChange(policies, change);
    open = open.filter((other) => other !== change);
  }
  const rest = [...last.values()];
  return {
    steps,
    refused: rest.flatMap((judged) => ('refused' in judged ? [judged.refused] : [])),
    postponed: rest.flatMap((judged) => ('postponed' in judged ? [judged.postponed] : [])),
  };
};

/**
 * Orders changes so that no queue ever has fewer copies than before, and says which cannot be made. Every intermediate
 * state is simulated; the policies of the service are never part of it.
 */
export const planRemediation = (facts: PlanFacts): RemediationPlan => {
  const refused: HeldChange[] = [];
  const postponed: HeldChange[] = [];
  const doubtful = new Set(
    facts.simulated.filter(({ queue, effective }) => disagrees(queue, effective)).map(({ queue }) => queue.vhost),
  );
  const possible = facts.changes.filter((change) => {
    if (isAwsOwned(change.name)) {
      refused.push(held(change, 'AWS_OWNED', 'Amazon MQ owns it', {}));
      return false;
    }
    const step = [change.vhost, change.name].find(isPathStep);
    if (step !== undefined) {
      const message = `the management API reads the name "${step}" as a step in its path and cannot write it; use rabbitmqctl, or rename it`;
      refused.push(held(change, 'UNWRITABLE_NAME', message, { name: step }));
      return false;
    }
    if (doubtful.has(change.vhost)) {
      refused.push(held(change, 'SIMULATION_DISAGREES', 'the broker does not follow the simulated rules there', {}));
      return false;
    }
    const history = facts.histories.get(policyKey(change.vhost, change.name));
    const verdict = attemptVerdict(history, desiredText(change), facts.limits, facts.nowMs);
    if (verdict.go) return true;
    (verdict.later ? postponed : refused).push(held(change, verdict.code, verdict.message, verdict.evidence));
    return false;
  });
  // Beyond the cap nothing will be written, so nothing needs to be simulated.
  if (possible.length > facts.limits.maxChanges) return { steps: [], refused, postponed, unplanned: possible.length };
  const queues = byVhost(facts.simulated.map(({ queue }) => queue));
  const users = byVhost(facts.cluster.policies);
  const operators = byVhost(facts.cluster.operatorPolicies);
  const waiting = byVhost(facts.changes.filter((change) => !possible.includes(change)));
  const plans = [...byVhost(possible)].map(([vhost, changes]) => {
    const own = {
      queues: queues.get(vhost) ?? [],
      users: users.get(vhost) ?? [],
      operators: operators.get(vhost) ?? [],
    };
    return planVhost(changes, { ...facts, ...own }, waiting.get(vhost) ?? []);
  });
  return {
    unplanned: 0,
    steps: plans.flatMap((plan) => plan.steps),
    refused: [...refused, ...plans.flatMap((plan) => plan.refused)],
    postponed: [...postponed, ...plans.flatMap((plan) => plan.postponed)],
  };
};

/** What a change wants, as text: another one begins a new count of attempts. */
export const desiredText = (change: PolicyChange): string =>
  change.after === undefined ? 'absent' : canonicalText({ ...change.after });

/**
 * Why a run must not begin: more changes than its caps allow, counted before the first write.
 *
 * @param alreadyChanged writes that this run has made
 */
export const exceedsCaps = (
  plan: Pick<RemediationPlan, 'steps' | 'unplanned'>,
  userPolicies: number,
  limits: Pick<DriftLimits, 'maxChanges' | 'maxPercent'>,
  alreadyChanged: number,
): readonly Finding[] => {
  const changes = plan.steps.length + plan.unplanned + alreadyChanged;
  // A policy that a step creates is one of the policies that there will be.
  const policies = userPolicies + plan.steps.filter(({ before }) => before === undefined).length;
  const byPercent = Math.max(1, Math.floor((policies * limits.maxPercent) / 100));
  const blockers: Finding[] = [];
  if (changes > limits.maxChanges) {
    blockers.push({
      code: 'TOO_MANY_CHANGES',
      message: `${changes} policies would be written, the cap is ${limits.maxChanges}; an operator must review this much drift first`,
      evidence: { changes, maxChanges: limits.maxChanges },
    });
  }
  if (changes > byPercent) {
    blockers.push({
      code: 'TOO_LARGE_A_SHARE',
      message: `${changes} of ${policies} user policies would be written, the cap is ${limits.maxPercent} percent (${byPercent})`,
      evidence: { changes, policies, maxPercent: limits.maxPercent },
    });
  }
  return blockers;
};
