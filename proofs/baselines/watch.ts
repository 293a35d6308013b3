import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { broken, replicated } from './steps.ts';

const common = {
  machine: 'watch',
  region: west,
  pair: { settings: { automaticFailover: true, watchSeconds: 60 } },
  input: () => ({ pair: 'orders', signal: 'a proof' }),
} as const;

/** Both sides have beaten. */
const beating = async (testbed: Testbed): Promise<void> => {
  await replicated(testbed);
  await testbed.invokeAsEvent('write-heartbeat', east, {});
  await testbed.invokeAsEvent('write-heartbeat', west, {});
};

/** Five minutes in which the given Regions beat. */
const beatIn = async (testbed: Testbed, regions: readonly string[]): Promise<void> => {
  for (let minute = 0; minute < 5; minute++) {
    await testbed.sleepSeconds(60);
    for (const region of regions) await testbed.invokeAsEvent('write-heartbeat', region, {});
  }
};

/** The primary's Region is dark for as long as both signals need. */
const dark = async (testbed: Testbed): Promise<void> => {
  await beating(testbed);
  testbed.aws.blackout(east, { powerOff: true });
  await beatIn(testbed, [west]);
};

/** The schedule goes on, or the watch could not tell a dead primary from an outage of the table. */
const beatingOn = async (testbed: Testbed): Promise<void> => {
  for (;;) await beatIn(testbed, [west]);
};

export const watchBaselines: readonly Baseline[] = [
  { ...common, name: 'fails over', before: dark, meanwhile: beatingOn },
  {
    ...common,
    name: 'is held back by a freeze',
    before: async (testbed) => {
      await dark(testbed);
      const { clock, operator } = testbed;
      await operator.guards('PAIR#orders').freeze({ reason: 'proof', by: 'proof', atMs: clock.nowMs() });
    },
    meanwhile: beatingOn,
    shows: ['ReportHeldBack'],
  },
  {
    ...common,
    name: 'pages',
    before: async (testbed) => {
      await beating(testbed);
      testbed.aws.faults.start({ kind: 'partition', regions: [east, west] });
      await beatIn(testbed, [east, west]);
    },
  },
  { ...common, name: 'fails', before: beating, stubs: { EvaluateSignals: broken }, stubsOnce: true },
];
