import * as z from 'zod';
import { driftRuns } from '../../journal/drift.ts';
import { defineProbe } from '../step.ts';

const count = z.int().min(0).optional();

/** The newest run of policy-drift counted what the scenario expects. */
export const driftCounts = defineProbe({
  kind: 'drift-counts',
  schema: z.strictObject({
    findings: count,
    remaining: count,
    remediated: count,
    refused: count,
    postponed: count,
    untouchedAwsOwned: count,
    /** Codes that the run's findings, refusals or postponements must name. */
    codes: z.array(z.string()).default([]),
  }),
  describe: () => 'the newest policy-drift run found and did what is expected',
  run: async ({ recorder }, { codes, ...expected }) => {
    const newest = driftRuns(recorder.records().workflows).at(-1);
    if (newest === undefined) return { met: false, finding: 'policy-drift has not ended yet', evidence: null };
    const counts: Readonly<Record<string, number>> = { ...newest.counts };
    const wrong = Object.entries(expected).filter(([name, wanted]) => wanted !== undefined && counts[name] !== wanted);
    const told = JSON.stringify([newest.findings, newest.refused, newest.postponed]);
    const unsaid = codes.filter((code) => !told.includes(`"${code}"`));
    const finding = [
      Object.entries(counts)
        .map(([name, value]) => `${value} ${name}`)
        .join(', '),
      ...wrong.map(([name, wanted]) => `${name} should be ${wanted}`),
      ...unsaid.map((code) => `${code} is not named`),
    ].join('; ');
    return { met: wrong.length === 0 && unsaid.length === 0, finding, evidence: { ...counts } };
  },
});
