import type { Json } from '../experiment/step.ts';
import type { Journal } from './journal.ts';

/** What a policy-drift run found and did, in counts. */
export interface DriftCounts {
  readonly findings: number;
  readonly remaining: number;
  readonly remediated: number;
  readonly refused: number;
  readonly postponed: number;
  readonly untouchedAwsOwned: number;
}

/** One run of policy-drift as its output tells it. */
export interface DriftRun {
  readonly run: string;
  readonly cluster: string;
  readonly outcome: string;
  readonly counts: DriftCounts;
  readonly findings: readonly Json[];
  readonly refused: readonly Json[];
  readonly postponed: readonly Json[];
  readonly effects: readonly Json[];
}

type JsonObject = { readonly [key: string]: Json };

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

/** Member of a JSON object as text; empty when it has none. */
export const textOf = (value: Json | undefined, key: string): string => {
  const member = objectOf(value)[key];
  return typeof member === 'string' ? member : member === undefined || member === null ? '' : JSON.stringify(member);
};

/** Member of a JSON object that is an object itself. */
export const memberOf = (value: Json | undefined, key: string): Json => objectOf(value)[key] ?? null;

/** Every ended run of policy-drift that told what it found, in order. */
export const driftRuns = (workflows: Journal['records']['workflows']): readonly DriftRun[] =>
  workflows.flatMap(({ machine, run, output }): readonly DriftRun[] => {
    const told = objectOf(output);
    if (machine !== 'policy-drift' || told.drift === undefined) return [];
    const drift = objectOf(told.drift);
    const count = (key: keyof DriftCounts): number => Number(drift[key] ?? 0);
    return [
      {
        run,
        cluster: textOf(output, 'cluster'),
        outcome: textOf(output, 'outcome'),
        counts: {
          findings: count('findings'),
          remaining: count('remaining'),
          remediated: count('remediated'),
          refused: count('refused'),
          postponed: count('postponed'),
          untouchedAwsOwned: count('untouchedAwsOwned'),
        },
        findings: listOf(told.findings),
        refused: listOf(told.refused),
        postponed: listOf(told.postponed),
        effects: listOf(told.effects),
      },
    ];
  });

/** All runs as one: what the first one found, what all put right, the most that one held back, what the last one left. */
export const driftSummary = (runs: readonly DriftRun[]): DriftCounts | null => {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    ...last.counts,
    findings: first.counts.findings,
    remediated: runs.reduce((sum, { counts }) => sum + counts.remediated, 0),
    refused: Math.max(...runs.map(({ counts }) => counts.refused)),
    postponed: Math.max(...runs.map(({ counts }) => counts.postponed)),
  };
};
