import { west } from '../../testbed/orders.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { approves, broken, refusedAtWrite, replicated } from './steps.ts';

const common = {
  machine: 'switchover',
  region: west,
  input: () => ({ pair: 'orders', targetRegion: west, reason: 'proof' }),
  before: replicated,
} as const;

/** The promotion is accepted and shows no effect. */
const stuck: Baseline['before'] = async (testbed) => {
  await replicated(testbed);
  testbed.aws.faults.start({ id: 'stuck', kind: 'stuck-promotion', mode: 'SWITCHOVER', count: 1 });
};

/** A stall is noticed within a minute. */
const soon = { switchover: { stallSeconds: 60, deadlineSeconds: 300 } };

export const switchoverBaselines: readonly Baseline[] = [
  { ...common, name: 'switches over' },
  {
    ...common,
    name: 'switches over and reconciles',
    pair: { ledger: { afterPromotion: 'report' } },
    shows: ['ReconcileMessages'],
  },
  {
    ...common,
    name: 'stalls, is asked about and escalated',
    before: stuck,
    meanwhile: approves,
    pair: { settings: { ...soon, escalation: { mode: 'ask' }, approvalSeconds: 600 } },
  },
  { ...common, name: 'stalls and pages', before: stuck, pair: { settings: soon } },
  { ...common, name: 'is refused at the write', stubs: { PromoteReplica: refusedAtWrite } },
  { ...common, name: 'fails at the write', stubs: { PromoteReplica: broken }, stubsOnce: true },
];
