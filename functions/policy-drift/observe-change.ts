import type { Finding } from '../shared/finding.ts';
import type { RabbitCluster, RabbitPolicy } from '../shared/rabbit-cluster.ts';
import { copiesOf, isSynchronising, unsynchronisedMirrors } from './copies.ts';
import { type ChangeRecord, changeHistory, moveChange, readChanges, runNameOf } from './drift-records.ts';
import { type JudgeRequest, judgeCluster } from './judge-cluster.ts';
import { canonicalText } from './merge-definitions.ts';
import { withEffect } from './policy-history.ts';
import type { DriftPorts } from './ports.ts';
import { profileFor } from './version-profiles.ts';

/** Where a write stands. */
export interface ObservedChange {
  /**
   * `settled`: in force, and every queue has its copies · `syncing`: in force, queues still copy · `waiting`: not
   * visible yet · `lost`: it had no effect, or was undone at once · `unfinished`: patience is over · `none`: nothing is open
   */
  readonly phase: 'settled' | 'syncing' | 'waiting' | 'lost' | 'unfinished' | 'none';
  /** Queues that still lack copies. */
  readonly waitingFor: number;
  /** Why the run stops; only with `unfinished`. */
  readonly blockers: readonly Finding[];
}

/**
 * How long after a write a policy that does not show counts as not written. Policies are replicated to all nodes
 * before the answer (docs/rabbitmq.md 1.5); ten seconds cover a write whose answer was lost, limited to 5 s.
 */
const settleMs = 10_000;

/** Queues that the policy applies to and that have fewer complete copies than their settings call for. */
const queuesBehind = (change: ChangeRecord, cluster: RabbitCluster): number => {
  const profile = profileFor(cluster.version);
  if (profile?.mirroring !== true) return 0;
  return cluster.queues.filter((queue) => {
    if (queue.vhost !== change.vhost || queue.type !== 'classic' || queue.exclusive) return false;
    const touched = queue.policy === change.name || change.effects.some((effect) => effect.queue === queue.name);
    if (!touched) return false;
    const copies = copiesOf(queue, queue.effectiveDefinition, cluster, profile);
    const manual = queue.effectiveDefinition['ha-sync-mode'] !== 'automatic';
    // Mirrors of a manual policy stay empty until somebody asks: a rollback to one is complete without them.
    if (manual) return isSynchronising(queue);
    return queue.mirrors.length + 1 < copies || unsynchronisedMirrors(queue).length > 0 || isSynchronising(queue);
  }).length;
};

/**
 * Reads one write back, and waits for the mirrors that it asks for.
 *
 * @param lastLook whether the workflow's patience ends with this look
 * @throws what the ports throw
 */
export const observeChange = async (
  request: Omit<JudgeRequest, 'alreadyChanged' | 'serviceHadItsTime'> & { readonly lastLook: boolean },
  ports: DriftPorts,
): Promise<ObservedChange> => {
  const changes = await readChanges(ports.records, runNameOf(request.executionArn));
  const open = changes.find(({ change }) => change.status !== 'settled');
  if (open === undefined) return { phase: 'none', waitingFor: 0, blockers: [] };
  const { change } = open;
  const reporting = { ...request.input, mode: 'report' as const };
  const looked = await judgeCluster(
    { ...request, input: reporting, alreadyChanged: 0, serviceHadItsTime: true },
    ports,
  );
  const nowMs = ports.clock.nowMs();
  await ports.guards.acquire(request.executionArn, 'policy-drift', nowMs);
  const live = await looked.management.readPolicy(change.vhost, change.name);
  if (textOf(live) !== textOf(change.after)) {
    if (nowMs - change.openedAtMs < settleMs) return { phase: 'waiting', waitingFor: 0, blockers: [] };
    await moveChange(ports.records, open, { status: 'settled', settledAs: 'not-effective' });
    return { phase: 'lost', waitingFor: 0, blockers: [] };
  }
  const waitingFor = queuesBehind(change, looked.cluster);
  if (waitingFor > 0 && !request.lastLook) return { phase: 'syncing', waitingFor, blockers: [] };
  await moveChange(ports.records, open, { status: 'settled', settledAs: 'effective' });
  await changeHistory(ports.records, change, (history) =>
    history?.desired === change.desired ? withEffect(history, nowMs) : undefined,
  );
  if (waitingFor === 0) return { phase: 'settled', waitingFor, blockers: [] };
  const blocker: Finding = {
    code: 'SYNC_NOT_FINISHED',
    message: `policy "${change.name}" in ${change.vhost} is in force, but ${waitingFor} queue(s) still lack copies; no further change is made`,
    evidence: { policy: change.name, queues: waitingFor },
  };
  return { phase: 'unfinished', waitingFor, blockers: [blocker] };
};

const textOf = (policy: RabbitPolicy | null | undefined): string =>
  canonicalText(policy === undefined || policy === null ? null : { ...policy });
