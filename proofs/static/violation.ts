/** The rules that a definition is checked against; docs/verification.md says what each demands. */
export const staticRules = [
  'classified',
  'reachable',
  'ends',
  'bounded',
  'timeout',
  'retry',
  'catch',
  'first-error',
  'guard',
  'once',
  'poll-again',
  'ending',
  'lock',
  'assigned',
  'error-names',
  'history',
  'payload',
] as const;
export type StaticRule = (typeof staticRules)[number];

/** A definition breaks a rule. */
export interface Violation {
  readonly rule: StaticRule;
  readonly machine: string;
  /** State at which it shows; absent where the machine as a whole breaks the rule. */
  readonly state?: string;
  readonly message: string;
  /** States from the start to the one that shows it, each with the way it was left; empty where no path is needed. */
  readonly path: readonly string[];
}
