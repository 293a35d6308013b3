import { TaskFailure } from '../../simulator/engine/ports.ts';
import type { Rehearsal } from '../baseline/rehearsal.ts';
import { west } from '../baseline/rehearsal-stage.ts';

/** What a guard inside a write state answers when it refuses what the assessment allowed. */
export const refusedAtWrite = {
  result: { outcome: 'refused', blockers: [{ code: 'TEST', message: 'test', evidence: {} }], warnings: [] },
};
/** A failure that nothing retries. */
export const broken = new TaskFailure('AccessDenied', 'a stand-in of the rehearsal');

/** Metrics are there after some minutes of replication, with messages on both sides. */
export const replicated: Rehearsal['before'] = async (stage) => {
  await stage.sleepSeconds(10);
  stage.send('orders', 'orders.placed', ['m1', 'm2', 'm3', 'm4', 'm5']);
  await stage.sleepSeconds(290);
};

const common = {
  machine: 'failover',
  region: west,
  world: { paired: true },
  input: () => ({ pair: 'orders', reason: 'proof', acceptDataLoss: true }),
  before: replicated,
} as const;

export const failoverRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'fails over' },
  {
    ...common,
    name: 'fails over and reconciles',
    world: { paired: true, reconciles: 'report' },
    shows: ['ReconcileMessages'],
  },
  { ...common, name: 'is refused at the write', standIns: { RequestFailover: refusedAtWrite } },
  { ...common, name: 'fails at the write', standIns: { RequestFailover: broken }, standInsOnce: true },
];
