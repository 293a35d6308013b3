import { finalCheck } from '../control/final-check.ts';
import {
  dueUnless,
  guardedWrite,
  type WriteJournal,
  type WriteResult,
  type WriteStep,
} from '../control/guarded-write.ts';
import { isOpen } from '../control/intent.ts';
import { OutcomeUnknown } from '../runtime/errors.ts';
import type { PlannedWrite } from '../runtime/finding.ts';
import { clusterGuards, clusterRun } from './drift-guards.ts';
import {
  type ChangeRecord,
  changeHistory,
  moveChange,
  openChange,
  readChanges,
  runNameOf,
  type StoredChange,
} from './drift-records.ts';
import { type Judgement, type JudgeRequest, judgeCluster } from './judge-cluster.ts';
import { canonicalText } from './merge-definitions.ts';
import { withAttempt, withoutAttempt } from './policy-history.ts';
import type { DriftPorts } from './ports.ts';
import type { PolicyWrite, RabbitPolicy } from './rabbitmq/rabbit-cluster.ts';
import { desiredText, type PlannedStep } from './remediation-plan.ts';

/** What came of one step. */
export type AppliedChange = WriteResult<
  { readonly outcome: 'written'; readonly vhost: string; readonly policy: string } | { readonly outcome: 'done' }
>;

/** Effects that an audit record holds; the count is complete. */
const keptEffects = 20;

/** A step of the plan, and the management API that it was planned by. */
type PolicyChangeWrite = { readonly step: PlannedStep } & Pick<Judgement, 'management'>;

/** A record of this run with what `guardedWrite` reads of it. */
type OpenedChange = StoredChange & Pick<ChangeRecord, 'status' | 'openedAtMs'>;

const opened = (stored: StoredChange): OpenedChange => ({ ...stored.change, ...stored });

const written = ({ vhost, name }: Pick<ChangeRecord, 'vhost' | 'name'>): AppliedChange => ({
  outcome: 'written',
  vhost,
  policy: name,
});

/** The next write of a plan: in force already, refused, or due. */
const decideChange = (
  { verdict, blockers, plan, management }: Judgement,
  region: string,
): WriteStep<AppliedChange, PolicyChangeWrite> => {
  const [step] = plan.steps;
  if (verdict !== 'refused' && (verdict !== 'proceed' || step === undefined)) {
    return { step: 'done', result: { outcome: 'done' } };
  }
  if (step === undefined) return { step: 'refused', blockers, warnings: [] };
  const plannedWrites = plan.steps.map((each) => plannedWrite(each, region));
  return dueUnless({ blockers, warnings: [] }, { write: { step, management }, plannedWrites });
};

/**
 * Makes the next write of a plan: judges anew, takes or renews the lock, records the intent with the before-image, writes
 * once. A write of this run that is still open is observed first, never repeated.
 *
 * @throws OutcomeUnknown also when the policy changed between judgement and write
 * @throws as `guardedWrite`
 */
export const applyNextChange = async (
  request: Omit<JudgeRequest, 'alreadyChanged' | 'serviceHadItsTime' | 'leavesLock'>,
  ports: DriftPorts,
): Promise<AppliedChange & { readonly held: number }> => {
  const { input, config, executionArn } = request;
  const { records, clock } = ports;
  let made: readonly StoredChange[] = [];
  let token: number | null = null;
  let held = 0;
  const journal: WriteJournal<PolicyChangeWrite, OpenedChange> = {
    newest: async () => {
      made = await readChanges(records, runNameOf(executionArn));
      const newest = made.find(({ change }) => isOpen(change)) ?? made.at(-1);
      return newest && opened(newest);
    },
    open: async ({ step }) => {
      const record = recordOf(step, input.reason, executionArn, clock.nowMs());
      const stored = await openChange(records, record, made.length + 1);
      await changeHistory(records, record, (history) => withAttempt(history, record.desired, record.openedAtMs));
      return opened(stored);
    },
    markIssued: (stored) => moveChange(records, stored, { status: 'issued', settledAs: null }),
    settle: async (stored, settledAs) => {
      await moveChange(records, stored, { status: 'settled', settledAs });
      // Nothing was sent, so there is nothing to back off from.
      if (settledAs !== 'not-effective') return;
      await changeHistory(records, stored.change, (history) => history && withoutAttempt(history));
    },
  };
  const applied = await guardedWrite({
    name: `policy change of ${config.name}`,
    dryRun: input.dryRun,
    ports: {
      clock,
      finalCheck: () =>
        finalCheck({ ...clusterRun, executionArn, fence: token }, clusterGuards, {
          readGuards: () => ports.guards.read(),
          nowMs: () => clock.nowMs(),
        }),
    },
    journal,
    decide: async (newest): Promise<WriteStep<AppliedChange, PolicyChangeWrite>> => {
      if (isOpen(newest)) return { step: 'done', result: written(newest.change) };
      // A write without an effect, such as that of a try that died before it, has changed nothing: the cap is about changes.
      const alreadyChanged = made.filter(({ change }) => change.settledAs === 'effective').length;
      const judged = await judgeCluster(
        { ...request, alreadyChanged, serviceHadItsTime: true, leavesLock: true },
        ports,
      );
      held = judged.plan.steps.length + judged.plan.unplanned;
      return decideChange(judged, config.broker.region);
    },
    takeLock: async () => {
      const { acquired, lock } = await ports.guards.acquire(executionArn, 'policy-drift', clock.nowMs());
      if (!acquired) throw new OutcomeUnknown(`${lock.owner} has taken the lock of ${config.name}; checking again`);
      token = lock.fence;
    },
    finalEvidence: unchangedPolicy,
    call: writePolicy,
    written: (_answer, { step }): AppliedChange => written(step.change),
  });
  return { ...applied, held: applied.outcome === 'refused' ? held : 0 };
};

/** The management API replaces without asking, so the policy is read once more, as short before the write as it can be. */
const unchangedPolicy = async ({ step: { change, before }, management }: PolicyChangeWrite): Promise<readonly []> => {
  const now = await management.readPolicy(change.vhost, change.name);
  if (textOf(now) === textOf(before)) return [];
  throw new OutcomeUnknown(
    `policy "${change.name}" in ${change.vhost} changed while it was judged; nothing was written, checking again`,
    { vhost: change.vhost, policy: change.name },
  );
};

/** Writes once. After an error the policy is read back: what is in force counts, not the answer. */
const writePolicy = async ({ step: { change }, management }: PolicyChangeWrite): Promise<PolicyWrite> => {
  const { vhost, name, after } = change;
  try {
    return await (after === undefined ? management.deletePolicy(vhost, name) : management.putPolicy(after));
  } catch (error) {
    const now = await management.readPolicy(vhost, name).catch(() => {
      throw error;
    });
    if (textOf(now) !== textOf(after)) throw error;
    return { outcome: 'done', answer: undefined };
  }
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
