import type { Rehearsal } from '../rehearsal/rehearsal.ts';
import { east, type RehearsalStage, west } from '../rehearsal/rehearsal-stage.ts';
import { broken, replicated } from './failover.ts';

const common = {
  machine: 'watch',
  region: west,
  world: { paired: true, pair: { automaticFailover: true, watchSeconds: 60 } },
  input: () => ({ pair: 'orders', signal: 'a proof' }),
} as const;

/** Both sides have beaten. */
const beating = async (stage: RehearsalStage): Promise<void> => {
  await replicated(stage);
  await stage.invoke('write-heartbeat', east, {});
  await stage.invoke('write-heartbeat', west, {});
};

/** The primary's Region has been dark for longer than three heartbeats of both kinds. */
const dark = async (stage: RehearsalStage): Promise<void> => {
  await beating(stage);
  stage.stage.world.blackout(east, { powerOff: true });
  await stage.sleepSeconds(300);
  await stage.invoke('write-heartbeat', west, {});
};

export const watchRehearsals: readonly Rehearsal[] = [
  { ...common, name: 'fails over', before: dark },
  {
    ...common,
    name: 'pages',
    before: async (stage) => {
      await beating(stage);
      stage.stage.world.faults.start({ kind: 'partition', regions: [east, west] });
      await stage.sleepSeconds(300);
      await stage.invoke('write-heartbeat', west, {});
      await stage.invoke('write-heartbeat', east, {});
    },
  },
  { ...common, name: 'fails', before: beating, standIns: { EvaluateSignals: broken }, standInsOnce: true },
];
