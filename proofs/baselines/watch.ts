import type { Rehearsal } from '../baseline/rehearsal.ts';
import { east, type RehearsalStage, west } from '../baseline/rehearsal-stage.ts';
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

/** Five minutes in which the given Regions beat. */
const beatIn = async (stage: RehearsalStage, regions: readonly string[]): Promise<void> => {
  for (let minute = 0; minute < 5; minute++) {
    await stage.sleepSeconds(60);
    for (const region of regions) await stage.invoke('write-heartbeat', region, {});
  }
};

export const watchRehearsals: readonly Rehearsal[] = [
  {
    ...common,
    name: 'fails over',
    before: async (stage) => {
      await beating(stage);
      stage.stage.aws.blackout(east, { powerOff: true });
      await beatIn(stage, [west]);
    },
    // The schedule goes on, or the watch could not tell a dead primary from an outage of the table.
    beside: async (stage) => {
      for (;;) await beatIn(stage, [west]);
    },
  },
  {
    ...common,
    name: 'pages',
    before: async (stage) => {
      await beating(stage);
      stage.stage.aws.faults.start({ kind: 'partition', regions: [east, west] });
      await beatIn(stage, [east, west]);
    },
  },
  { ...common, name: 'fails', before: beating, standIns: { EvaluateSignals: broken }, standInsOnce: true },
];
