import type { Rehearsal } from '../baseline/rehearsal.ts';
import { type RehearsalStage, west } from '../baseline/rehearsal-stage.ts';
import { broken, replicated } from './failover.ts';

/** A switchover that was stopped with its promotion asked for; nobody has settled it. */
const stopped = async (stage: RehearsalStage): Promise<void> => {
  await replicated(stage);
  stage.settles = false;
  const executionArn = await stage.start('switchover', west, { pair: 'orders', targetRegion: west, reason: 'proof' });
  while (!stage.transitions.some(({ stateName }) => stateName === 'WaitForExchange')) await stage.sleepSeconds(1);
  await stage.stop(executionArn);
};

const common = {
  machine: 'settle-run',
  region: west,
  world: { paired: true },
  before: stopped,
  input: (stage: RehearsalStage) => ({ executionArn: stage.stopped }),
} as const;

export const settleRunRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'observes an open promotion' },
  { ...common, name: 'fails', standIns: { SettleRun: broken }, standInsOnce: true },
];
