import type { Json } from '../../simulator/engine/expression/json.ts';
import type { WorkflowRecord } from './journal.ts';

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

/** The outcome that a workflow's output names. */
export const outcomeOf = (output: Json): string | undefined => {
  const { outcome } = membersOf(output);
  return typeof outcome === 'string' ? outcome : undefined;
};

/** Codes of the findings in a workflow's `blockers`; none for anything else. */
export const blockerCodes = (blockers: unknown): readonly string[] =>
  Array.isArray(blockers)
    ? blockers.flatMap((blocker) => {
        const { code } = membersOf(blocker);
        return typeof code === 'string' ? [code] : [];
      })
    : [];

/** A run that refused, and why. */
export interface Refusal {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly run: string;
  readonly region: string;
  /** Codes of all its blockers. */
  readonly codes: readonly string[];
}

/** The runs that ended `Refused`, in the order of their start. */
export const refusalsOf = (workflows: readonly WorkflowRecord[]): readonly Refusal[] =>
  workflows
    .filter(({ output }) => outcomeOf(output) === 'Refused')
    .map(({ run, region, startedAtMs, endedAtMs, output }) => ({
      atMs: endedAtMs ?? startedAtMs,
      run,
      region,
      codes: blockerCodes(membersOf(output).blockers),
    }));
