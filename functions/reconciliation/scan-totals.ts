import type { Finding } from '../runtime/finding.ts';
import { isHarmless } from './conservation.ts';
import { addCounts, type ClassCounts, type Manifest, noMessages } from './manifest.ts';

/** A state's payload is at most 256 KiB, and operators read it: more findings than this are in the manifest alone. */
const shownFindings = 20;

/** What the workflow goes on with after a scan; small whatever the number of queues. */
export interface ScanTotals {
  readonly queues: number;
  readonly counts: ClassCounts;
  /** Messages that took effect more than once. */
  readonly processedTwice: number;
  readonly complete: boolean;
  readonly incompleteQueues: number;
  /** The first findings of all queues. */
  readonly findings: readonly Finding[];
}

/** Adds up the scans of all queues. */
export const scanTotals = ({ queues: scans, uncovered }: Pick<Manifest, 'queues' | 'uncovered'>): ScanTotals => {
  const incomplete = scans.filter(({ complete }) => !complete);
  return {
    queues: scans.length,
    counts: scans.reduce((sum, { counts }) => addCounts(sum, counts), noMessages),
    processedTwice: scans.reduce((sum, scan) => sum + scan.processedTwice, 0),
    complete: incomplete.length === 0 && uncovered.every(isHarmless),
    incompleteQueues: incomplete.length,
    findings: [...uncovered, ...scans.flatMap(({ findings }) => findings)].slice(0, shownFindings),
  };
};
