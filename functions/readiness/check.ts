import type { Finding } from '../runtime/finding.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** One thing that a check says: that all is well, or a finding and how much it weighs. */
export type CheckResult = { readonly level: 'ok' | 'warning' | 'blocker' } & Finding;

/** A pure judgement of the facts; it gives at least one result. */
export type Check = (facts: ReadinessFacts) => readonly [CheckResult, ...CheckResult[]];

type Evidence = Finding['evidence'];

/** What speaks against relying on the pair now. */
export const blocker = (code: string, message: string, evidence: Evidence = {}): CheckResult => ({
  level: 'blocker',
  code,
  message,
  evidence,
});

/** What a person should know or change, though a promotion would work. */
export const warning = (code: string, message: string, evidence: Evidence = {}): CheckResult => ({
  level: 'warning',
  code,
  message,
  evidence,
});

/** That all is well, with what was seen. */
export const ok = (message: string, evidence: Evidence = {}): CheckResult => ({
  level: 'ok',
  code: 'OK',
  message,
  evidence,
});

/** The findings, or that all is well where there are none. */
export const findingsOr = (
  findings: readonly CheckResult[],
  whenNone: CheckResult,
): readonly [CheckResult, ...CheckResult[]] => {
  const [first, ...others] = findings;
  return first === undefined ? [whenNone] : [first, ...others];
};
