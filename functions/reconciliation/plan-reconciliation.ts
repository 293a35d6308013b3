import type { ReconciliationConfig } from '../config/reconciliation-config.ts';
import type { Assessment, Finding, PlannedWrite } from '../runtime/finding.ts';
import type { Manifest } from './manifest.ts';
import type { ReconcileInput } from './reconcile-input.ts';

/** What a run does with the queues, once the settings have had their say. */
export type ReconcileMode = 'report' | 'repair' | 'auto';

/** How the run goes on: with a mode, or not at all because the settings ask for nothing after a promotion. */
export type ReconcilePlan = { readonly mode: ReconcileMode } | { readonly skipped: string };

/** Resolves the mode that the input asks for. */
export const planReconciliation = (
  asked: ReconcileInput['mode'],
  config: Pick<ReconciliationConfig, 'afterPromotion'> | undefined,
): ReconcilePlan => {
  if (asked !== 'configured') return { mode: asked };
  if (config === undefined) return { skipped: 'the pair has no ledger' };
  return config.afterPromotion === 'off'
    ? { skipped: "the pair's settings disable reconciliation after a promotion" }
    : { mode: config.afterPromotion };
};

/** A repair that nobody has seen the manifest of is made only where the pair's settings allow it. */
export const autoFindings = (
  mode: ReconcileMode,
  config: Pick<ReconciliationConfig, 'afterPromotion' | 'automaticRepair'> | undefined,
): readonly Finding[] =>
  mode !== 'auto' || config === undefined || config.afterPromotion === 'auto' || config.automaticRepair
    ? []
    : [
        {
          code: 'AUTO_NOT_ALLOWED',
          message:
            'the settings of the pair require a report first: start mode "report", then "repair" with its manifest, or set reconciliation.automaticRepair',
          evidence: { afterPromotion: config.afterPromotion },
        },
      ];

/** The writes of a dry run are listed for so many queues. */
const plannedQueues = 20;

/** What a run would remove: known for a repair, whose manifest says so; `auto` would have to scan first. */
export const plannedRemovals = (
  mode: ReconcileMode,
  region: string,
  manifest: Manifest | undefined,
): readonly PlannedWrite[] => {
  const write = (request: PlannedWrite['request']): PlannedWrite => ({
    service: 'amqp',
    operation: 'quarantine and accept',
    region,
    request,
  });
  if (mode === 'report') return [];
  if (manifest === undefined) return [write({ queues: 'all', messages: 'those that the scan proves processed' })];
  return manifest.queues
    .filter(({ counts }) => counts.processed > 0)
    .slice(0, plannedQueues)
    .map(({ queue, counts }) => write({ queue, messages: counts.processed }));
};

/** Guards as they apply to a mode: a report changes no queue, so a freeze does not stop it; everything else does. */
export const guardsFor = (mode: ReconcileMode, guards: Assessment): Assessment =>
  mode === 'report' ? { ...guards, blockers: guards.blockers.filter(({ code }) => code !== 'FROZEN') } : guards;
