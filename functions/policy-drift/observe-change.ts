import type { Finding } from '../runtime/finding.ts';
import { copiesOf, hasUnsynchronisedMirror, isSynchronising } from './copies.ts';
import { type ChangeRecord, changeHistory, moveChange, readChanges, runNameOf } from './drift-records.ts';
import { type Judgement, type JudgeRequest, judgeCluster } from './judge-cluster.ts';
import { canonicalText } from './merge-definitions.ts';
import { withEffect } from './policy-history.ts';
import type { DriftPorts } from './ports.ts';
import { disagrees } from './queue-drift.ts';
import type { RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import { profileFor } from './version-profiles.ts';

/** Where a write stands. */
export interface ObservedChange {
  /**
   * `settled`: in force, and every queue shows it and has its copies · `syncing`: in force, queues do not show it yet or
   * still copy · `waiting`: not visible yet · `lost`: it had no effect, or was undone at once · `unfinished`: the
   * deadline has passed · `none`: nothing is open
   */
  readonly phase: 'settled' | 'syncing' | 'waiting' | 'lost' | 'unfinished' | 'none';
  /** Queues that do not show the change yet, or still lack copies. */
  readonly waitingFor: number;
  /** Why the run stops; only with `unfinished`. */
  readonly blockers: readonly Finding[];
}

/**
 * How long after a write a policy that does not show counts as not written. Policies are replicated to all nodes
 * before the answer (docs/rabbitmq.md 1.5); ten seconds cover a write whose answer was lost, limited to 5 s.
 */
const settleMs = 10_000;

/**
 * Queues that the change touches and that are not yet as it wants them: the broker's figures, samples of some seconds
 * ago, do not show their new settings (docs/rabbitmq.md 1.3), or they have fewer complete copies than those call for.
 */
const queuesBehind = (change: ChangeRecord, { cluster, drift }: Pick<Judgement, 'cluster' | 'drift'>): number => {
  const profile = profileFor(cluster.version);
  if (profile === undefined) return 0;
  const changed = new Set(change.effects.map(({ queue }) => queue));
  return drift.simulated.filter(({ queue, effective }) => {
    if (queue.vhost !== change.vhost || !effective.decided) return false;
    const touched = [effective.policy?.name, queue.policy].includes(change.name) || changed.has(queue.name);
    if (!touched) return false;
    // Of a queue that the write was made for, silence is waited out; one that came meanwhile is nobody's to wait for.
    if (queue.effectiveDefinition === 'absent') return changed.has(queue.name);
    if (disagrees(queue, effective)) return true;
    const copies = copiesOf(queue, effective.definition, cluster, profile);
    if (queue.type !== 'classic' || copies < 2) return false;
    // Mirrors of a manual policy stay empty until somebody asks: a rollback to one is complete without them.
    if (effective.definition['ha-sync-mode'] !== 'automatic') return isSynchronising(queue);
    return queue.mirrors.length + 1 < copies || hasUnsynchronisedMirror(queue) || isSynchronising(queue);
  }).length;
};

/**
 * Reads one write back, and waits for the mirrors that it asks for.
 *
 * @param isFinalPoll whether the workflow's deadline ends with this poll
 * @throws what the ports throw
 */
export const observeChange = async (
  request: Omit<JudgeRequest, 'alreadyChanged' | 'serviceHadItsTime'> & { readonly isFinalPoll: boolean },
  ports: DriftPorts,
): Promise<ObservedChange> => {
  const changes = await readChanges(ports.records, runNameOf(request.executionArn));
  const open = changes.find(({ change }) => change.status !== 'settled');
  if (open === undefined) return { phase: 'none', waitingFor: 0, blockers: [] };
  const { change } = open;
  const reporting = { ...request.input, mode: 'report' as const };
  const judged = await judgeCluster(
    { ...request, input: reporting, alreadyChanged: 0, serviceHadItsTime: true },
    ports,
  );
  const nowMs = ports.clock.nowMs();
  await ports.guards.acquire(request.executionArn, 'policy-drift', nowMs);
  const live = await judged.management.readPolicy(change.vhost, change.name);
  if (textOf(live) !== textOf(change.after)) {
    if (nowMs - change.openedAtMs < settleMs) return { phase: 'waiting', waitingFor: 0, blockers: [] };
    await moveChange(ports.records, open, { status: 'settled', settledAs: 'not-effective' });
    return { phase: 'lost', waitingFor: 0, blockers: [] };
  }
  const waitingFor = queuesBehind(change, judged);
  if (waitingFor > 0 && !request.isFinalPoll) return { phase: 'syncing', waitingFor, blockers: [] };
  await moveChange(ports.records, open, { status: 'settled', settledAs: 'effective' });
  await changeHistory(ports.records, change, (history) =>
    history?.desired === change.desired ? withEffect(history, nowMs) : undefined,
  );
  if (waitingFor === 0) return { phase: 'settled', waitingFor, blockers: [] };
  const blocker: Finding = {
    code: 'SYNC_NOT_FINISHED',
    message: `policy "${change.name}" in ${change.vhost} is in force, but ${waitingFor} queue(s) do not show it yet or still lack copies; no further change is made`,
    evidence: { policy: change.name, queues: waitingFor },
  };
  return { phase: 'unfinished', waitingFor, blockers: [blocker] };
};

const textOf = (policy: RabbitPolicy | null | undefined): string =>
  canonicalText(policy === undefined || policy === null ? null : { ...policy });
