/** The answer that a guard must have given last: one of `go` in its `field`. */
export interface GuardAnswer {
  readonly function: string;
  readonly field: string;
  readonly go: readonly AnswerValue[];
}

/** A value that a definition compares with. */
export type AnswerValue = string | boolean | null;

/**
 * What a function does in a workflow.
 * `read` writes nothing but notes of its own · `write` changes a broker, at most once for one decision ·
 * `step` makes a change that may be repeated: it reads first, and is done when it finds the thing as wanted ·
 * `record` writes to the Control table alone, or asks for an approval · `report` notifies operators how a run ends.
 */
export type FunctionRole = 'read' | 'write' | 'step' | 'record' | 'report';

/**
 * Something that a run takes and must release on every way out; what begins with `after-promotion` only where it
 * succeeds, since a new run continues a promotion that is open.
 */
export type Obligation =
  | 'pair'
  | 'cluster'
  | 'watch'
  | 'consumers'
  | 'after-promotion: consumers'
  | 'after-promotion: messages';

/** How an answer changes what a run must release. */
export interface ObligationChange {
  readonly answer: GuardAnswer;
  readonly drops?: Obligation;
  readonly adds?: readonly Obligation[];
  readonly because: string;
}

/** Closed sets of values, by path in the answer. */
export type Answers = Readonly<Record<string, readonly AnswerValue[]>>;

/** The contract of one function. */
export interface FunctionContract {
  readonly role: FunctionRole;
  /**
   * Answers that must stand before a write: any one of the alternatives, and of it every entry. An answer counts for one
   * write only.
   */
  readonly guards?: readonly (readonly GuardAnswer[])[];
  /**
   * The write state may be entered again while its own last answer was one of these: it has sent its request, and now only polls.
   */
  readonly pollsAgainAfter?: {
    readonly field: string;
    readonly values: readonly AnswerValue[];
    readonly because: string;
  };
  /** Closed sets of values, by path in the answer. A field `dryRun` says whether the whole run is one. */
  readonly answers?: Answers;
  /** What an answer leaves of those sets. */
  readonly together?: readonly { readonly when: Omit<GuardAnswer, 'function'>; readonly leaves: Answers }[];
  /** What is left of those sets in a dry run; `dry-run` is never answered in another one. */
  readonly inDryRun?: Answers;
  /** Answers that mean "not yet": the run can ask again. After every other one it does not, unless it writes first. */
  readonly pending?: { readonly field: string; readonly values: readonly AnswerValue[] };
  /** Functions one of which has to be called on some way after an answer. */
  readonly followedBy?: readonly string[];
  /** Outcomes with which a run may still end after an answer; a failure is always among them. */
  readonly endings?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Path of a number that every answer gives one higher than the input's `argument` had it, but for answers listed. */
  readonly counts?: { readonly path: string; readonly argument: string; readonly unless?: GuardAnswer };
  /** Least values of numbers in the answer, by path. */
  readonly atLeast?: Readonly<Record<string, number>>;
  /** What a run has after a call, whatever the outcome, but for these answers and errors. */
  readonly takes?: {
    readonly held: Obligation;
    readonly unlessAnswer?: readonly GuardAnswer[];
    readonly unlessError?: readonly string[];
  };
  /** What a call releases, whatever the outcome. */
  readonly releases?: readonly Obligation[];
  /** Answers after which the run need not release something, or must. */
  readonly changes?: readonly ObligationChange[];
  /** What a run must have when it enters the state. */
  readonly needs?: Obligation;
  /** An answer that must have been given before the state is entered; unlike a guard's it is not used up. */
  readonly after?: GuardAnswer;
  /** Its largest answer, in bytes, where that is less than `maxAnswerBytes`. */
  readonly maxBytes?: number;
  /** Errors that are no failure of the run: the state's Catch turns them into a refusal. */
  readonly refusals?: readonly string[];
  /** Why the run may go on when the function fails permanently. */
  readonly mayFail?: string;
  /** Whether such a failure need not be named in the run's output. */
  readonly failsSilently?: boolean;
}

/** The contract of starting another machine. */
export interface ChildContract {
  /** As a write's guards; an answer of a machine that ran before is its outcome. */
  readonly guards: readonly (readonly GuardAnswer[])[];
  /** What a run must have when it starts it. */
  readonly needs?: Obligation;
  /** Why a Task that awaits it may give up before it ends, and does not await it once more. */
  readonly cutShort?: string;
  /** Why the run may go on when it fails. */
  readonly mayFail?: string;
  /** What the run need not release any more, whatever the outcome. */
  readonly releases?: readonly Obligation[];
  /** A function that must not have been called yet, where another one has answered so. */
  readonly precedes?: { readonly function: string; readonly when: GuardAnswer };
}
