import type { Finding } from '../runtime/finding.ts';
import { pageSubject } from '../runtime/page-subject.ts';
import { type Reading, tryRead } from '../runtime/reading.ts';
import { runbookLine } from '../runtime/runbook.ts';
import type { Evaluation } from './evaluate.ts';
import { clockSkewedCode } from './operation-checks.ts';
import { primaryFencedCode, primaryUnreachableCode } from './reachability-check.ts';
import type { ReadinessRecord } from './readiness-record.ts';
import { bothPrimaryCode } from './topology-checks.ts';

/** Blockers that operators are paged about when they are first seen: nobody else may tell. */
const pagedCodes: readonly string[] = [bothPrimaryCode, primaryFencedCode, primaryUnreachableCode, clockSkewedCode];

/** The page about such a blocker: two primaries, one that clients cannot reach, or a clock that is off. */
export const readinessPage = (pair: string, { code, message }: Pick<Finding, 'code' | 'message'>) => {
  const page = (subject: string, runbook: string) => ({ subject, message: `Pair ${pair}: ${message}.\n${runbook}` });
  switch (code) {
    case bothPrimaryCode:
      return page(pageSubject('now', `${pair} has two primaries`), runbookLine('two-primaries'));
    case clockSkewedCode:
      return page(
        pageSubject('today', `a clock is off, so ${pair} does not fail over automatically`),
        runbookLine('clock-skewed'),
      );
    default:
      return page(
        pageSubject('now', `clients cannot reach the primary of ${pair}`),
        runbookLine('fence-not-carried-out'),
      );
  }
};

/** Where an evaluation goes. */
export interface VerdictPorts {
  readonly readRecord: () => Promise<ReadinessRecord | undefined>;
  readonly writeRecord: (record: ReadinessRecord) => Promise<void>;
  readonly measure: (counts: Readonly<Record<string, number>>) => void;
  readonly announce: (detail: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly page: (finding: Pick<Finding, 'code' | 'message'>) => Promise<void>;
}

/** Whether this evaluation changed the verdict; `unknown` when the one before cannot be read. */
export type VerdictChange = 'changed' | 'unchanged' | 'unknown';

const changeOf = (previous: Reading<ReadinessRecord | undefined>, verdict: Evaluation['verdict']): VerdictChange => {
  if (!previous.known) return 'unknown';
  return previous.value?.verdict === verdict ? 'unchanged' : 'changed';
};

const codesOf = (findings: Evaluation['blockers']): readonly string[] => [...new Set(findings.map(({ code }) => code))];

/**
 * Publishes an evaluation: metrics each time, an event only when the verdict changed, a page when two primaries, one that
 * clients cannot reach, or a clock that is off are seen for the first time. The record is written last, so a run that dies
 * before announces again rather than never. While the record cannot be read nothing says whether the verdict is new: then the metrics alone tell.
 *
 * @param nowMs milliseconds since the Unix epoch
 * @throws errors of the ports, but for reading the record
 */
export const publishVerdict = async (
  pair: string,
  evaluation: Evaluation,
  nowMs: number,
  ports: VerdictPorts,
): Promise<VerdictChange> => {
  const { verdict } = evaluation;
  const [blockers, warnings] = [codesOf(evaluation.blockers), codesOf(evaluation.warnings)];
  const previous = await tryRead(ports.readRecord);
  const change = changeOf(previous, verdict);
  const known = previous.known ? (previous.value?.blockers ?? []) : [];
  for (const code of pagedCodes) {
    const found = evaluation.blockers.filter((blocker) => blocker.code === code);
    if (found.length === 0 || known.includes(code)) continue;
    await ports.page({ code, message: found.map(({ message }) => message).join('; ') });
  }
  ports.measure({
    Ready: verdict === 'ready' ? 1 : 0,
    Blockers: evaluation.blockers.length,
    Warnings: evaluation.warnings.length,
  });
  if (!previous.known) return change;
  if (change === 'changed') {
    await ports.announce({ pair, verdict, previous: previous.value?.verdict ?? null, blockers, warnings });
  }
  const sinceMs = change === 'changed' ? nowMs : (previous.value?.sinceMs ?? nowMs);
  await ports.writeRecord({ verdict, blockers, warnings, atMs: nowMs, sinceMs });
  return change;
};
