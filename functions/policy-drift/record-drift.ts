import * as z from 'zod/mini';
import { decisionId } from '../control/decision-id.ts';
import type { Finding } from '../runtime/finding.ts';
import { fitting, shortEvidence, shortened } from './bounded-list.ts';
import type { DriftFinding } from './drift-finding.ts';
import type { DriftInput } from './drift-input.ts';
import { type ChangeRecord, readChanges, runNameOf } from './drift-records.ts';
import { type Judgement, type JudgeRequest, judgeCluster } from './judge-cluster.ts';
import type { DriftPorts } from './ports.ts';

/** Findings, held changes and effects that an output lists. */
const mostListed = 50;

/** Shares of an execution's payload, which ends at 256 KiB and carries the workflow's own variables as well. */
const chunkBytes = { findings: 48_000, refused: 32_000, postponed: 24_000, changes: 24_000, effects: 48_000 } as const;

/** A queue before and after a run, as reports show it. */
export interface ReportedEffect {
  readonly vhost: string;
  readonly queue: string;
  /** Null while the broker showed no figure. */
  readonly messages: number | null;
  readonly policy: { readonly before: string | null; readonly after: string | null };
  readonly copies: { readonly before: number; readonly after: number };
  readonly definition: { readonly before: string; readonly after: string };
  readonly resync: boolean;
}

/** How a run ends, in counts and lists. */
export interface DriftReport {
  readonly outcome: 'InSync' | 'Drifted' | 'Remediated' | 'RolledBack' | 'Refused';
  readonly counts: {
    /** Findings when the run began. */
    readonly findings: number;
    /** Findings that are left. */
    readonly remaining: number;
    readonly excepted: number;
    /** Policies that this run put right. */
    readonly remediated: number;
    readonly refused: number;
    readonly postponed: number;
    readonly untouchedAwsOwned: number;
  };
  readonly findings: readonly Readonly<Record<string, unknown>>[];
  readonly refused: readonly Finding[];
  readonly postponed: readonly Finding[];
  readonly changes: readonly Readonly<Record<string, unknown>>[];
  readonly effects: readonly ReportedEffect[];
  /** Whether the cluster's verdict differs from the last run's. */
  readonly verdictChanged: boolean;
}

/** What the run's earlier states found. */
export interface RunSoFar {
  readonly findings: number;
  readonly blockers: readonly Finding[];
  /** Changes that the blockers kept from being made. */
  readonly held: number;
}

const verdictSchema = z.strictObject({ verdict: z.string(), digest: z.string(), sinceMs: z.number() });
const verdictRecord = 'VERDICT';

const shown = ({ code, severity, vhost, policy, queues, message }: DriftFinding) => ({
  code,
  severity,
  vhost,
  policy: policy ?? null,
  queues,
  message: shortened(message),
});

/** A held change or a blocker as an output shows it. */
const bounded = (finding: Finding): Finding => ({
  ...finding,
  message: shortened(finding.message),
  evidence: shortEvidence(finding.evidence),
});

const bySeverity = { critical: 0, high: 1, low: 2 } as const;

const effectsOf = (changes: readonly ChangeRecord[]): readonly ReportedEffect[] =>
  changes.flatMap(({ vhost, effects }) =>
    effects.map(({ queue, messages, before, after, resync }) => ({
      vhost,
      queue,
      messages,
      policy: { before: before.policy, after: after.policy },
      copies: { before: before.copies, after: after.copies },
      definition: {
        before: shortened(JSON.stringify(before.definition)),
        after: shortened(JSON.stringify(after.definition)),
      },
      resync,
    })),
  );

const outcomeOf = (
  mode: DriftInput['mode'],
  soFar: RunSoFar,
  remediated: number,
  judged: Judgement,
): DriftReport['outcome'] => {
  if (soFar.blockers.length > 0) return 'Refused';
  if (mode === 'rollback') return remediated > 0 ? 'RolledBack' : 'Refused';
  if (remediated > 0) return 'Remediated';
  return judged.drift.findings.length > 0 ? 'Drifted' : 'InSync';
};

/**
 * Reads the cluster once more at the end of a run and tells what it found, did and left. `announce` is called when the verdict
 * differs from the last recorded one, before that is recorded: an event may come twice, but not be missing.
 *
 * @throws what the ports throw
 */
export const recordDrift = async (
  request: Omit<JudgeRequest, 'alreadyChanged'> & { readonly soFar: RunSoFar },
  ports: DriftPorts,
  announce: (report: DriftReport) => Promise<void>,
): Promise<DriftReport> => {
  const { input, soFar, executionArn } = request;
  // What a rollback holds back is known only to its own plan; for everything else reading without changes is enough.
  const mode = input.mode === 'rollback' ? ('rollback' as const) : ('report' as const);
  const judged = await judgeCluster({ ...request, input: { ...input, mode }, alreadyChanged: 0 }, ports);
  const changes = (await readChanges(ports.records, runNameOf(executionArn))).map(({ change }) => change);
  const effective = changes.filter(({ settledAs }) => settledAs === 'effective');
  const { findings, excepted, untouchedAwsOwned } = judged.drift;
  const { refused, postponed } = judged.plan;
  const blockers = [...soFar.blockers, ...(judged.verdict === 'refused' ? judged.blockers : [])].filter(
    (blocker, index, all) => all.findIndex(({ code }) => code === blocker.code) === index,
  );
  const outcome = outcomeOf(input.mode, { ...soFar, blockers }, effective.length, judged);
  const digest = decisionId(
    ...findings.map(({ code, vhost, policy, queues }) => `${code} ${vhost} ${policy} ${queues}`),
  );
  const verdict = findings.length > 0 ? 'drifted' : 'in-sync';
  const last = await ports.records.read(verdictRecord, verdictSchema);
  const verdictChanged = last?.value.verdict !== verdict || last.value.digest !== digest;
  const report: DriftReport = {
    outcome,
    counts: {
      findings: soFar.findings,
      remaining: findings.length,
      excepted: excepted.length,
      remediated: effective.length,
      refused: refused.length + soFar.held,
      postponed: postponed.length,
      untouchedAwsOwned,
    },
    findings: fitting(
      findings.toSorted((a, b) => bySeverity[a.severity] - bySeverity[b.severity]).map(shown),
      mostListed,
      chunkBytes.findings,
    ),
    refused: fitting([...blockers, ...refused].map(bounded), mostListed, chunkBytes.refused),
    postponed: fitting(postponed.map(bounded), mostListed, chunkBytes.postponed),
    changes: fitting(
      changes.map(({ vhost, name, because, settledAs, after }) => ({
        vhost,
        policy: name,
        because,
        did: after === null ? 'deleted' : 'written',
        settledAs,
      })),
      mostListed,
      chunkBytes.changes,
    ),
    effects: fitting(effectsOf(effective), mostListed, chunkBytes.effects),
    verdictChanged,
  };
  if (verdictChanged && !input.dryRun) {
    await announce(report);
    await ports.records.write(verdictRecord, { verdict, digest, sinceMs: ports.clock.nowMs() }, last?.version ?? 0);
  }
  await ports.guards.release(executionArn);
  return report;
};
