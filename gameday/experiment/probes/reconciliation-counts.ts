import * as z from 'zod';
import { reconciliationSummary } from '../../journal/reconciliation.ts';
import { defineProbe } from '../step.ts';

const least = z.int().min(0).default(0);

/** Reconciliation found what the scenario left behind, and never contradicts the delivery accounting. */
export const reconciliationCounts = defineProbe({
  kind: 'reconciliation-counts',
  schema: z.strictObject({
    minDuplicatesRemoved: least,
    minOrphansFound: least,
    minResidueFound: least,
    minUncertain: least,
  }),
  describe: () => 'what reconciliation says agrees with the delivery accounting',
  run: async ({ traffic }, wanted) => {
    const counts = reconciliationSummary({ traffic: traffic.results() });
    if (counts === null) return { met: false, finding: 'no run of reconcile went through a queue', evidence: null };
    const short = [
      ['duplicatesRemoved', wanted.minDuplicatesRemoved],
      ['orphansFound', wanted.minOrphansFound],
      ['residueFound', wanted.minResidueFound],
      ['uncertain', wanted.minUncertain],
    ] as const;
    const missing = short.flatMap(([name, minimum]) =>
      counts[name] < minimum ? [`${name} should be at least ${minimum}`] : [],
    );
    const wrong =
      counts.contradictions > 0 ? [`${counts.contradictions} messages contradict the delivery accounting`] : [];
    const finding = [
      `${counts.runs} runs: ${counts.duplicatesRemoved} duplicates removed, ${counts.orphansFound} orphans, ` +
        `${counts.residueFound} residue, ${counts.uncertain} uncertain`,
      ...missing,
      ...wrong,
    ].join('; ');
    return { met: missing.length === 0 && wrong.length === 0, finding, evidence: { ...counts } };
  },
});
