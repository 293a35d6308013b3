import { OutcomeUnknown } from '../runtime/errors.ts';
import type { Finding, PlannedWrite } from '../runtime/finding.ts';
import {
  type ChangeRecord,
  changeHistory,
  moveChange,
  openChange,
  readChanges,
  runNameOf,
  type StoredChange,
} from './drift-records.ts';
import { type JudgeRequest, judgeCluster } from './judge-cluster.ts';
import { canonicalText } from './merge-definitions.ts';
import { withAttempt } from './policy-history.ts';
import type { DriftPorts, ManagementPort } from './ports.ts';
import type { PolicyWrite, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import { desiredText, type PlannedStep } from './remediation-plan.ts';

/** What became of one step. */
export type AppliedChange =
  | { readonly outcome: 'written'; readonly vhost: string; readonly policy: string }
  | { readonly outcome: 'done' }
  | { readonly outcome: 'dry-run'; readonly plannedWrites: readonly PlannedWrite[] }
  | {
      readonly outcome: 'refused';
      readonly blockers: readonly Finding[];
      readonly held: number;
    };

/** Effects that an audit record holds; the count is complete. */
const keptEffects = 20;

/**
 * Makes the next write of a plan: looks and judges anew, takes or renews the lock, records the intent with the
 * before-image, writes once. A write of this run that is still open is watched first, never repeated.
 *
 * @throws OutcomeUnknown when the write got no answer, or the policy changed between judgement and write
 * @throws what the ports throw; a rejected write is recorded as such first
 */
export const applyNextChange = async (
  request: Omit<JudgeRequest, 'alreadyChanged' | 'serviceHadItsTime'>,
  ports: DriftPorts,
): Promise<AppliedChange> => {
  const { input, config, executionArn } = request;
  const made = await readChanges(ports.records, runNameOf(executionArn));
  const open = made.find(({ change }) => change.status !== 'settled');
  if (open !== undefined) return { outcome: 'written', vhost: open.change.vhost, policy: open.change.name };
  // A write without an effect, such as that of a try that died before it, has changed nothing: the cap is about changes.
  const changed = made.filter(({ change }) => change.settledAs === 'effective');
  const judged = await judgeCluster({ ...request, alreadyChanged: changed.length, serviceHadItsTime: true }, ports);
  const { verdict, blockers, plan } = judged;
  if (verdict === 'refused') return { outcome: 'refused', blockers, held: plan.steps.length + plan.unplanned };
  const [step] = plan.steps;
  if (verdict !== 'proceed' || step === undefined) return { outcome: 'done' };
  if (input.dryRun)
    return { outcome: 'dry-run', plannedWrites: plan.steps.map((each) => plannedWrite(each, config.broker.region)) };

  const { acquired, lock } = await ports.guards.acquire(executionArn, 'policy-drift', ports.clock.nowMs());
  if (!acquired) {
    const message = `a ${lock.purpose} run holds the lock: ${lock.owner}`;
    return {
      outcome: 'refused',
      blockers: [{ code: 'LOCK_HELD', message, evidence: { owner: lock.owner } }],
      held: plan.steps.length,
    };
  }
  await requireUnchanged(step, judged.management);
  const record = recordOf(step, input.reason, executionArn, ports.clock.nowMs());
  const stored = await openChange(ports.records, record, made.length + 1);
  await changeHistory(ports.records, record, (history) => withAttempt(history, record.desired, record.openedAtMs));
  await send(step, stored, judged.management, ports);
  return { outcome: 'written', vhost: record.vhost, policy: record.name };
};

/** The management API replaces without asking, so the last look is as short before the write as it can be. */
const requireUnchanged = async ({ change, before }: PlannedStep, management: ManagementPort): Promise<void> => {
  const now = await management.readPolicy(change.vhost, change.name);
  if (textOf(now) === textOf(before)) return;
  throw new OutcomeUnknown(
    `policy "${change.name}" in ${change.vhost} changed while it was judged; nothing was written, looking again`,
    { vhost: change.vhost, policy: change.name },
  );
};

const send = async (
  { change }: PlannedStep,
  stored: StoredChange,
  management: ManagementPort,
  ports: DriftPorts,
): Promise<void> => {
  let written: PolicyWrite;
  try {
    written =
      change.after === undefined
        ? await management.deletePolicy(change.vhost, change.name)
        : await management.putPolicy(change.after);
  } catch (error) {
    await moveChange(ports.records, stored, { status: 'settled', settledAs: 'rejected' }).catch(() => {});
    throw error;
  }
  if (written.outcome === 'unknown') {
    throw new OutcomeUnknown(
      `the write of policy "${change.name}" in ${change.vhost} got no answer (${written.reason}); looking before another attempt`,
      { vhost: change.vhost, policy: change.name },
    );
  }
  await moveChange(ports.records, stored, { status: 'issued', settledAs: null });
};

const textOf = (policy: RabbitPolicy | undefined): string => canonicalText(policy === undefined ? null : { ...policy });

const recordOf = (
  { change, before, effects }: PlannedStep,
  reason: string,
  executionArn: string,
  nowMs: number,
): ChangeRecord => ({
  vhost: change.vhost,
  name: change.name,
  because: change.because,
  reason,
  before: before === undefined ? null : asRecord(before),
  after: change.after === undefined ? null : asRecord(change.after),
  desired: desiredText(change),
  status: 'issuing',
  settledAs: null,
  openedAtMs: nowMs,
  executionArn,
  queues: effects.length,
  effects: effects.slice(0, keptEffects).map(({ queue, messages, before: was, after: will, resync }) => ({
    queue,
    messages: messages === 'absent' ? null : messages,
    resync,
    before: { ...was, policy: was.policy ?? null, definition: { ...was.definition } },
    after: { ...will, policy: will.policy ?? null, definition: { ...will.definition } },
  })),
});

const asRecord = (policy: RabbitPolicy) => ({ ...policy, definition: { ...policy.definition } });

/** The request of a step, as a dry run shows it. */
const plannedWrite = ({ change }: PlannedStep, region: string): PlannedWrite => {
  const { vhost, name, after } = change;
  if (after === undefined) return { service: 'rabbitmq', operation: 'DeletePolicy', region, request: { vhost, name } };
  return { service: 'rabbitmq', operation: 'PutPolicy', region, request: { ...after } };
};
