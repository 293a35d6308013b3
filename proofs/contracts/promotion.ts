import { answered, gate, written } from './answers.ts';
import type { FunctionContract, ObligationChange } from './contract.ts';

/** Consumers that stand still, or that the pair does not want to stand still. */
const consumersHeld = answered('hold-consumers', 'outcome', 'live', 'held', 'dry-run', 'not-configured');

/** What a promotion changes: consumers wait for the messages to be reconciled, also where the run dies meanwhile. */
const promotion = (functionName: string): readonly ObligationChange[] => [
  {
    answer: answered(functionName, 'outcome', 'requested', 'under-way', 'already-primary'),
    drops: 'consumers',
    adds: ['after-promotion: consumers', 'after-promotion: messages'],
    because: 'a new run with the same input goes on from the open promotion',
  },
  { answer: answered(functionName, 'outcome', 'dry-run'), drops: 'consumers', because: 'a dry run holds none' },
];

/** Functions of switchover, failover and failback. */
export const promotionContracts: Readonly<Record<string, FunctionContract>> = {
  'assess-switchover': gate('proceed'),
  'promote-replica': {
    ...written('requested', 'under-way', 'already-primary'),
    guards: [[answered('assess-switchover', 'verdict', 'proceed'), consumersHeld]],
    endings: { outcome: { refused: ['Refused'], 'dry-run': ['DryRun'], 'already-primary': ['SwitchedOver'] } },
    changes: promotion('promote-replica'),
  },
  'observe-switchover': {
    role: 'read',
    answers: { action: ['settle', 'wait', 'ask', 'escalate', 'give-up'] },
    pending: { field: 'action', values: ['wait', 'ask'] },
    counts: { path: 'watch.looks', argument: 'watch.looks' },
    // The shortest pause between two polls: five seconds, functions/promotion/polling.ts.
    atLeast: { nextSeconds: 5 },
  },
  'settle-switchover': { role: 'record' },
  'assess-failover': gate('proceed'),
  'request-failover': {
    ...written('requested', 'under-way', 'already-primary', 'signals-cleared'),
    guards: [
      [answered('assess-failover', 'verdict', 'proceed'), consumersHeld],
      [answered('observe-switchover', 'action', 'escalate')],
    ],
    endings: {
      outcome: {
        refused: ['Refused', 'Stalled'],
        'signals-cleared': ['SignalsCleared', 'Stalled'],
        'dry-run': ['DryRun'],
        'already-primary': ['SwitchedOver', 'FailedOver'],
      },
    },
    changes: promotion('request-failover'),
  },
  'observe-failover': {
    role: 'read',
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
  'assess-failback': gate('proceed'),
};
