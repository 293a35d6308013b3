/**
 * What a definition cannot say of itself and `npm run prove` has to know: which functions write, what guards them, what
 * they take and give back, and what their answers may say. The proofs hold the definitions against this table, and the
 * table against every answer that a function gives while they run.
 */

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
 * `look` reads, and writes nothing but notes of its own · `write` changes a broker, at most once for one decision ·
 * `step` changes something that may be asked for again: it looks first, and is done when it reads the thing as wanted ·
 * `record` writes to the Control table alone, or asks people · `report` tells people how a run ends.
 */
export type FunctionRole = 'look' | 'write' | 'step' | 'record' | 'report';

/**
 * Something that a run takes and has to give back on every way out; what begins with `after-promotion` it owes only where
 * it succeeds, since a new run goes on from a promotion that is open.
 */
export type Held =
  | 'pair'
  | 'cluster'
  | 'watch'
  | 'consumers'
  | 'after-promotion: consumers'
  | 'after-promotion: messages';

/** What an answer changes about what the run has. */
export interface HeldChange {
  readonly answer: GuardAnswer;
  readonly drops?: Held;
  readonly adds?: readonly Held[];
  readonly because: string;
}

/** Facts about one function. */
export interface FunctionFacts {
  readonly role: FunctionRole;
  /**
   * Answers that must stand before a write: any one of the alternatives, and of it every entry. An answer counts for one
   * write only.
   */
  readonly guards?: readonly (readonly GuardAnswer[])[];
  /**
   * The write state may be entered again while its own last answer was one of these: it has asked, and now only looks.
   */
  readonly looksAgainAfter?: {
    readonly field: string;
    readonly values: readonly AnswerValue[];
    readonly because: string;
  };
  /** Closed sets of values, by path in the answer. A field `dryRun` says whether the whole run is one. */
  readonly answers?: Readonly<Record<string, readonly AnswerValue[]>>;
  /** What is left of those sets in a dry run; `dry-run` is never answered in another one. */
  readonly inDryRun?: Readonly<Record<string, readonly AnswerValue[]>>;
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
  /** What a run has after a call, whatever became of it, but for these answers and errors. */
  readonly takes?: {
    readonly held: Held;
    readonly unlessAnswer?: readonly GuardAnswer[];
    readonly unlessError?: readonly string[];
  };
  /** What a run does not have any more after a call, whatever became of it. */
  readonly gives?: readonly Held[];
  /** Answers after which something is not the run's to give back, or becomes it. */
  readonly changes?: readonly HeldChange[];
  /** What a run must have when it enters the state. */
  readonly needs?: Held;
  /** An answer that must have been given before the state is entered; unlike a guard's it is not used up. */
  readonly after?: GuardAnswer;
  /** Its largest answer, in bytes, where that is less than `maxAnswerBytes`. */
  readonly maxBytes?: number;
  /** Errors that are no failure of the run: the state's Catch turns them into a refusal. */
  readonly refusals?: readonly string[];
  /** Why the run may go on when the function fails for good. */
  readonly mayFail?: string;
  /** Whether such a failure need not be named in the run's output. */
  readonly failsSilently?: boolean;
}

/** A gate in front of a whole run: it says whether the run may go on, and whether it is a dry run. */
const gate = (go: string): Pick<FunctionFacts, 'role' | 'answers' | 'endings'> => ({
  role: 'look',
  answers: { verdict: [go, 'refused'], dryRun: [true, false] },
  endings: { verdict: { refused: ['Refused'] }, dryRun: { true: ['DryRun', 'Refused'] } },
});

/** What every write to a broker may answer, beside what is its own. */
const written = (
  ...values: readonly string[]
): Pick<FunctionFacts, 'role' | 'needs' | 'answers' | 'inDryRun' | 'endings'> => ({
  role: 'write',
  needs: 'pair',
  answers: { outcome: [...values, 'dry-run', 'refused'] },
  inDryRun: { outcome: ['dry-run', 'refused'] },
  endings: { outcome: { refused: ['Refused'], 'dry-run': ['DryRun'] } },
});

const answered = (functionName: string, field: string, ...go: readonly AnswerValue[]): GuardAnswer => ({
  function: functionName,
  field,
  go,
});

/** Consumers that stand still, or that the pair does not want to stand still. */
const consumersHeld = answered('hold-consumers', 'outcome', 'live', 'held', 'dry-run', 'not-configured');

/** What a promotion changes: consumers wait for the messages to be reconciled, also where the run dies meanwhile. */
const promotion = (functionName: string): readonly HeldChange[] => [
  {
    answer: answered(functionName, 'outcome', 'requested', 'under-way', 'already-primary'),
    drops: 'consumers',
    adds: ['after-promotion: consumers', 'after-promotion: messages'],
    because: 'a new run with the same input goes on from the open promotion',
  },
  { answer: answered(functionName, 'outcome', 'dry-run'), drops: 'consumers', because: 'a dry run holds none' },
];

/** Every function that a definition calls. */
export const functionFacts: Readonly<Record<string, FunctionFacts>> = {
  // create-replica
  'assess-eligibility': gate('eligible'),
  'create-replica-broker': {
    ...written('created', 'exists'),
    guards: [[answered('assess-eligibility', 'verdict', 'eligible')]],
    // A replica that is there already leaves the reboot to plan.
    inDryRun: { outcome: ['exists', 'dry-run', 'refused'] },
  },
  'observe-creation': {
    role: 'look',
    answers: { phase: ['creating', 'ready'] },
    pending: { field: 'phase', values: ['creating'] },
  },
  'assess-reboot': {
    role: 'look',
    answers: { verdict: ['proceed', 'not-needed', 'refused'], needsApproval: [true, false] },
    inDryRun: { needsApproval: [false] },
    endings: { verdict: { refused: ['Refused'] } },
  },
  'reboot-primary': {
    ...written('issued', 'not-needed'),
    guards: [
      [answered('assess-reboot', 'verdict', 'proceed'), answered('assess-reboot', 'needsApproval', false)],
      [answered('assess-reboot', 'verdict', 'proceed'), answered('check-approval', 'state', 'approved')],
      [answered('unpair-primary', 'outcome', 'issued', 'not-needed')],
    ],
  },
  'observe-pairing': {
    role: 'look',
    answers: { phase: ['paired', 'rebooting', 'pending', 'unpaired'] },
    pending: { field: 'phase', values: ['rebooting', 'pending', 'unpaired'] },
  },
  'prove-replication': {
    role: 'look',
    answers: { phase: ['proven', 'waiting'] },
    pending: { field: 'phase', values: ['waiting'] },
    mayFail: 'a switchover is complete without the proof of the way back; create-replica fails by it',
  },
  'record-pair': { role: 'record' },
  // unpair
  'assess-unpair': {
    ...gate('proceed'),
    answers: { verdict: ['proceed', 'refused'], dryRun: [true, false], deleteReplica: [true, false] },
  },
  'unpair-primary': {
    ...written('issued', 'not-needed'),
    guards: [[answered('assess-unpair', 'verdict', 'proceed')]],
  },
  'observe-unpairing': {
    role: 'look',
    answers: { phase: ['standalone', 'paired', 'pending', 'rebooting'] },
    pending: { field: 'phase', values: ['paired', 'pending', 'rebooting'] },
  },
  'delete-replica': {
    ...written('issued', 'deleting', 'gone'),
    guards: [[answered('observe-unpairing', 'phase', 'standalone'), answered('assess-unpair', 'deleteReplica', true)]],
    answers: { outcome: ['issued', 'deleting', 'gone', 'refused'] },
    pending: { field: 'outcome', values: ['issued', 'deleting'] },
    looksAgainAfter: {
      field: 'outcome',
      values: ['issued', 'deleting'],
      because:
        'the same function sees how far the deletion is; it deletes only a broker that reads RUNNING without an open intent',
    },
  },
  'forget-pair': { role: 'record' },
  // reconcile
  'assess-reconcile': {
    role: 'look',
    answers: { verdict: ['proceed', 'refused', 'skipped'], dryRun: [true, false], mode: ['report', 'repair', 'auto'] },
    endings: {
      verdict: { refused: ['Refused'], skipped: ['Skipped'] },
      dryRun: { true: ['DryRun', 'Refused', 'Skipped'] },
    },
  },
  'discover-queues': {
    role: 'record',
    needs: 'pair',
    answers: { outcome: ['found', 'refused'] },
    endings: { outcome: { refused: ['Refused'] } },
  },
  'scan-queues': {
    role: 'record',
    needs: 'pair',
    answers: { done: [true, false] },
    pending: { field: 'done', values: [false] },
  },
  'seal-manifest': {
    role: 'record',
    needs: 'pair',
    // A repair does what its own manifest says, and no other.
    after: answered('assess-reconcile', 'mode', 'report', 'auto'),
  },
  'repair-queues': {
    role: 'write',
    needs: 'pair',
    guards: [
      [answered('assess-reconcile', 'verdict', 'proceed'), answered('assess-reconcile', 'mode', 'repair', 'auto')],
    ],
    answers: { outcome: ['repaired', 'refused'], done: [true, false] },
    pending: { field: 'done', values: [false] },
    endings: { outcome: { refused: ['Refused'] } },
    looksAgainAfter: {
      field: 'done',
      values: [false],
      because: 'each call goes on with the next queues of the same manifest, from the cursor',
    },
  },
  'record-reconciliation': {
    role: 'record',
    answers: { ending: ['Reconciled', 'ReportOnly', 'Incomplete'] },
    endings: {
      ending: { Reconciled: ['Reconciled'], ReportOnly: ['ReportOnly'], Incomplete: ['Incomplete'] },
    },
  },
  // failback
  'assess-failback': gate('proceed'),
  // readiness
  'list-pairs': { role: 'look' },
  'evaluate-readiness': {
    role: 'record',
    maxBytes: 4_096,
    mayFail: 'a pair that cannot be evaluated is not ready, and the others are evaluated all the same',
  },
  // switchover and failover
  'assess-switchover': gate('proceed'),
  'promote-replica': {
    ...written('requested', 'under-way', 'already-primary'),
    guards: [[answered('assess-switchover', 'verdict', 'proceed'), consumersHeld]],
    endings: { outcome: { refused: ['Refused'], 'dry-run': ['DryRun'], 'already-primary': ['SwitchedOver'] } },
    changes: promotion('promote-replica'),
  },
  'observe-switchover': {
    role: 'look',
    answers: { action: ['settle', 'wait', 'ask', 'escalate', 'give-up'] },
    pending: { field: 'action', values: ['wait', 'ask'] },
    counts: { path: 'watch.looks', argument: 'watch.looks' },
    // The shortest pause between two looks: five seconds, functions/promotion/polling.ts.
    atLeast: { nextSeconds: 5 },
  },
  'settle-switchover': { role: 'record' },
  'assess-failover': gate('proceed'),
  'request-failover': {
    ...written('requested', 'under-way', 'already-primary'),
    guards: [
      [answered('assess-failover', 'verdict', 'proceed'), consumersHeld],
      [answered('observe-switchover', 'action', 'escalate')],
    ],
    endings: {
      outcome: {
        refused: ['Refused', 'Stalled'],
        'dry-run': ['DryRun'],
        'already-primary': ['SwitchedOver', 'FailedOver'],
      },
    },
    changes: promotion('request-failover'),
  },
  'observe-failover': {
    role: 'look',
    answers: { phase: ['promoted', 'waiting'] },
    pending: { field: 'phase', values: ['waiting'] },
    after: answered('request-failover', 'outcome', 'requested', 'under-way', 'already-primary'),
  },
  'record-epoch': { role: 'record', mayFail: 'the broker serves already; a warning says what is missing' },
  'settle-failover': {
    role: 'record',
    mayFail: 'an intent left open is closed by the next run, which finds the promotion done',
    failsSilently: true,
  },
  'report-stall': {
    role: 'report',
    mayFail: 'the run ends as Stalled all the same, which pages too',
    failsSilently: true,
  },
  // cutover
  'hold-consumers': {
    role: 'step',
    answers: { outcome: ['live', 'held', 'dry-run', 'pending', 'not-configured', 'refused'] },
    inDryRun: { outcome: ['live', 'dry-run', 'held', 'pending', 'not-configured', 'refused'] },
    pending: { field: 'outcome', values: ['pending'] },
    endings: { outcome: { refused: ['Refused'] } },
    takes: { held: 'consumers' },
  },
  'release-consumers': {
    role: 'step',
    answers: { outcome: ['live', 'released', 'pending', 'not-configured', 'failed', 'refused'] },
    gives: ['consumers', 'after-promotion: consumers'],
    mayFail: 'the broker serves already; a warning says what is missing',
    failsSilently: true,
  },
  'publish-endpoint': { role: 'step', mayFail: 'the broker serves already; a warning says what is missing' },
  'record-fence': { role: 'record', mayFail: 'the broker serves already; a warning says what is missing' },
  'undo-fencing': {
    role: 'step',
    answers: { outcome: ['not-fenced', 'undone', 'pending', 'failed', 'refused'] },
    pending: { field: 'outcome', values: ['pending'] },
    mayFail: 'the broker serves already; a warning says what is missing',
  },
  // runs
  'acquire-lock': {
    role: 'record',
    // Without a fence the run is a dry one, or overrides the Control table.
    answers: { 'run.fence': ['(a fence)', null] },
    inDryRun: { 'run.fence': [null] },
    takes: { held: 'pair', unlessError: ['LockHeld'] },
    refusals: ['LockHeld'],
  },
  'release-lock': {
    role: 'record',
    gives: ['pair'],
    mayFail: 'a lock that cannot be given back expires',
    failsSilently: true,
  },
  'request-approval': {
    role: 'record',
    answers: { approvalId: ['(an id)'] },
    followedBy: ['check-approval', 'observe-switchover'],
  },
  'check-approval': {
    role: 'look',
    answers: { state: ['open', 'approved', 'denied', 'expired'] },
    pending: { field: 'state', values: ['open'] },
    endings: { state: { denied: ['Refused'], expired: ['Refused'] } },
  },
  'report-failure': { role: 'report', mayFail: 'the run fails with its first error all the same', failsSilently: true },
  // policy-drift
  'assess-drift': {
    role: 'look',
    answers: { verdict: ['in-sync', 'drifted', 'proceed', 'refused'], awaitsService: [true, false] },
  },
  'apply-policy-change': {
    role: 'write',
    guards: [
      [answered('assess-drift', 'verdict', 'proceed')],
      [answered('observe-policy-change', 'phase', 'settled', 'lost', 'none')],
    ],
    answers: { outcome: ['written', 'done', 'dry-run', 'refused'] },
    pending: { field: 'outcome', values: ['written'] },
    endings: { outcome: { 'dry-run': ['DryRun'] } },
    takes: { held: 'cluster' },
    changes: [
      {
        answer: answered('apply-policy-change', 'outcome', 'dry-run'),
        drops: 'cluster',
        because: 'a dry run takes no lock',
      },
    ],
  },
  'observe-policy-change': {
    role: 'look',
    answers: { phase: ['settled', 'syncing', 'waiting', 'lost', 'unfinished', 'none'] },
    pending: { field: 'phase', values: ['syncing', 'waiting'] },
    takes: { held: 'cluster' },
  },
  'record-drift': { role: 'record', gives: ['cluster'] },
  'release-cluster': {
    role: 'record',
    gives: ['cluster'],
    mayFail: 'a lock that cannot be given back expires',
    failsSilently: true,
  },
  // watch
  'take-watch': {
    role: 'record',
    answers: { taken: [true, false] },
    endings: { taken: { false: ['AlreadyWatched'] } },
    takes: { held: 'watch', unlessAnswer: [answered('take-watch', 'taken', false)] },
  },
  'evaluate-signals': {
    role: 'look',
    needs: 'watch',
    answers: { decision: ['failover', 'cleared', 'page', 'wait', 'lost'] },
    pending: { field: 'decision', values: ['wait'] },
    endings: {
      decision: {
        cleared: ['Cleared'],
        lost: ['AlreadyWatched'],
        page: ['Paged'],
        failover: ['FailoverStarted', 'Paged'],
      },
    },
    counts: { path: 'watch.looks', argument: 'watch.looks', unless: answered('evaluate-signals', 'decision', 'lost') },
    changes: [
      {
        answer: answered('evaluate-signals', 'decision', 'lost'),
        drops: 'watch',
        because: 'another execution has taken the watch over',
      },
    ],
  },
  'report-watch': { role: 'report' },
  'release-watch': {
    role: 'record',
    gives: ['watch'],
    mayFail: 'a lease that cannot be given back expires',
    failsSilently: true,
  },
  // settle-run
  'settle-run': { role: 'record' },
  'settle-open-promotion': {
    role: 'report',
    answers: { step: ['settle', 'arrived', 'closed', 'open'] },
    pending: { field: 'step', values: ['open'] },
    endings: { step: { settle: ['PromotionEnded'], arrived: ['PromotionEnded'], closed: ['PromotionEnded'] } },
  },
};

/** Facts about starting another machine. */
export interface ChildFacts {
  /** As a write's guards; an answer of a machine that ran before is its outcome. */
  readonly guards: readonly (readonly GuardAnswer[])[];
  /** What a run must have when it starts it. */
  readonly needs?: Held;
  /** Why a Task that awaits it may give up before it ends, and does not await it once more. */
  readonly cutShort?: string;
  /** Why the run may go on when it fails. */
  readonly mayFail?: string;
  /** What the run owes no more, whatever became of it. */
  readonly gives?: readonly Held[];
  /** A function that must not have been called yet, where another one has answered so. */
  readonly precedes?: { readonly function: string; readonly when: GuardAnswer };
}

/** Every machine that a definition starts. */
export const childFacts: Readonly<Record<string, ChildFacts>> = {
  failover: { guards: [[answered('evaluate-signals', 'decision', 'failover')]] },
  switchover: {
    needs: 'pair',
    guards: [
      [answered('assess-failback', 'verdict', 'proceed'), answered('undo-fencing', 'outcome', 'not-fenced', 'undone')],
    ],
  },
  reconcile: {
    guards: [
      [answered('observe-switchover', 'action', 'settle')],
      [answered('observe-failover', 'phase', 'promoted')],
      [answered('promote-replica', 'outcome', 'already-primary')],
      [answered('request-failover', 'outcome', 'already-primary')],
      [answered('switchover', 'outcome', 'SwitchedOver', 'Escalated')],
    ],
    needs: 'pair',
    gives: ['after-promotion: messages'],
    // Duplicates are removed before consumers that stand still go on.
    precedes: { function: 'release-consumers', when: answered('hold-consumers', 'outcome', 'held') },
    cutShort: 'clients wait for it; what it has not come to is left in place, and a new run goes on from there',
    mayFail:
      'the promotion is done; a warning says that messages are not reconciled, and a run of its own repairs them',
  },
};

/** Outcomes that a run may end with only after it has told people. */
export const toldOutcomes: readonly string[] = ['Paged'];

/** Errors that definitions raise themselves, beside the catalogue: overdue waits and stalls, by name. */
export const ownErrors: readonly string[] = [
  'CreationOverdue',
  'PairingOverdue',
  'ReplicationUnproven',
  'UnpairingOverdue',
  'DeletionOverdue',
  'FailoverOverdue',
  'ScanOverdue',
  'RepairOverdue',
  'Stalled',
];

/**
 * Largest answer of a function, in bytes. A payload ends at 256 KiB
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); a definition's largest payload joins some
 * ten answers.
 */
export const maxAnswerBytes = 12_288;

/** Most items of a Map state, by its name: PAIRS is an environment variable, Lambda gives all of them 4 KiB, and a pair takes 160. */
export const mostItems: Readonly<Record<string, number>> = { EvaluatePairs: 25 };
