import type { Finding } from '../runtime/finding.ts';

/**
 * What a step of the cutover says: how it ended, what blocks it, what operators should know, and what was seen of
 * each thing it touched. `pending` means: begun, not seen as done; ask again a little later, and its blockers say what
 * is missing.
 */
export interface CutoverResult<Outcome extends string> {
  readonly outcome: Outcome;
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** A short text or a number for each thing that was read; no secrets. */
  readonly evidence: Readonly<Record<string, string | number | null>>;
}
