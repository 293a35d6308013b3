import type { Rehearsal } from '../baseline/rehearsal.ts';
import { west } from '../baseline/rehearsal-stage.ts';
import { broken, refusedAtWrite, replicated } from './failover.ts';

const common = {
  machine: 'switchover',
  region: west,
  world: { paired: true },
  input: () => ({ pair: 'orders', targetRegion: west, reason: 'proof' }),
  before: replicated,
} as const;

/** The promotion is accepted and shows no effect. */
const stuck: Rehearsal['before'] = async (stage) => {
  await replicated(stage);
  stage.stage.aws.faults.start({ id: 'stuck', kind: 'stuck-promotion', mode: 'SWITCHOVER', count: 1 });
};

/** Somebody who approves within half a minute. */
const approves: Rehearsal['beside'] = async (stage) => {
  for (;;) {
    await stage.sleepSeconds(30);
    await stage.answerApproval('approved');
  }
};

const patience = { switchover: { stallSeconds: 60, deadlineSeconds: 300 } };

export const switchoverRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'switches over' },
  {
    ...common,
    name: 'switches over and reconciles',
    world: { paired: true, reconciles: 'report' },
    shows: ['ReconcileMessages'],
  },
  {
    ...common,
    name: 'stalls, is asked about and escalated',
    before: stuck,
    beside: approves,
    world: { paired: true, pair: { ...patience, escalation: { mode: 'ask' }, approvalSeconds: 600 } },
  },
  { ...common, name: 'stalls and pages', before: stuck, world: { paired: true, pair: patience } },
  { ...common, name: 'is refused at the write', standIns: { PromoteReplica: refusedAtWrite } },
  { ...common, name: 'fails at the write', standIns: { PromoteReplica: broken }, standInsOnce: true },
];
