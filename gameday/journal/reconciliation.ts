import * as z from 'zod';
import type { Journal } from './journal.ts';

/** What reconciliation did in a run, over all traffic; see `ReconciliationTotals` for each figure. */
export interface ReconciliationSummary {
  readonly runs: number;
  readonly duplicatesRemoved: number;
  readonly orphansFound: number;
  readonly residueFound: number;
  readonly uncertain: number;
  /** Messages about which reconciliation and the delivery accounting disagree; 0 expected. */
  readonly contradictions: number;
}

/** Adds up the accounting of all traffic; null where no run of reconcile scanned a queue. */
export const reconciliationSummary = ({ traffic }: Pick<Journal, 'traffic'>): ReconciliationSummary | null => {
  const all = traffic.flatMap(({ reconciliation }) => (reconciliation === null ? [] : [reconciliation]));
  if (all.length === 0) return null;
  const sum = (pick: (totals: (typeof all)[number]) => number): number =>
    all.reduce((total, totals) => total + pick(totals), 0);
  return {
    runs: sum(({ runs }) => runs),
    duplicatesRemoved: sum(({ duplicatesRemoved }) => duplicatesRemoved),
    orphansFound: sum(({ orphansFound }) => orphansFound),
    residueFound: sum(({ residueFound }) => residueFound),
    uncertain: sum(({ uncertain }) => uncertain),
    contradictions: sum(({ named }) => named.wronglyProcessed.length + named.wronglyUnprocessed.length),
  };
};

const number = z.number().default(0);

const outputSchema = z.object({
  outcome: z.enum(['Reconciled', 'ReportOnly', 'Incomplete']),
  pair: z.string(),
  manifest: z.string(),
  result: z.object({
    queues: number,
    processed: number,
    unprocessed: number,
    uncertain: number,
    expired: number,
    removed: number,
    gone: number,
  }),
});

/** One run of reconcile as its output describes it. */
export interface ReconcileRun extends z.output<typeof outputSchema> {
  readonly run: string;
  readonly region: string;
}

/** Every ended run of reconcile that scanned queues, in order. */
export const reconcileRuns = ({ workflows }: Pick<Journal['records'], 'workflows'>): readonly ReconcileRun[] =>
  workflows.flatMap(({ machine, run, region, output }) => {
    const parsed = machine === 'reconcile' ? outputSchema.safeParse(output) : undefined;
    return parsed?.success ? [{ run, region, ...parsed.data }] : [];
  });

/** Messages that reconciliation named, by how the delivery accounting has them: class, id. */
export const namedMessages = ({ traffic }: Pick<Journal, 'traffic'>): readonly (readonly [string, string])[] =>
  traffic.flatMap(({ reconciliation }) => {
    const { uncertain = [], wronglyProcessed = [], wronglyUnprocessed = [] } = reconciliation?.named ?? {};
    return [
      ...wronglyProcessed.map((id) => ['called processed, never processed', id] as const),
      ...wronglyUnprocessed.map((id) => ['called unprocessed, processed', id] as const),
      ...uncertain.map((id) => ['uncertain', id] as const),
    ];
  });
