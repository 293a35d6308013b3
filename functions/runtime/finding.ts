/** One reason of a gate or check: a stable code, a sentence for a person, and what was seen. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  /** Readings behind the finding; small, flat, without secrets. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** What a gate says: all blockers and all warnings, never only the first. */
export interface Assessment {
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** All reasons of several gates, in their order. */
export const joined = (...parts: readonly Assessment[]): Assessment => ({
  blockers: parts.flatMap(({ blockers }) => blockers),
  warnings: parts.flatMap(({ warnings }) => warnings),
});

/** A write that a dry run would have made; its request holds no secrets. */
export interface PlannedWrite {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly request: Readonly<Record<string, unknown>>;
}
