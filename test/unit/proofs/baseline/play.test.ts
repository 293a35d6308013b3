import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { type Baseline, createTestbed } from '../../../../proofs/baseline/baseline.ts';
import { type Observations, observe } from '../../../../proofs/baseline/observations.ts';
import { play } from '../../../../proofs/baseline/play.ts';
import { broken, replicated } from '../../../../proofs/baselines/steps.ts';
import { east, west } from '../../../../testbed/orders.ts';
import type { Testbed } from '../../../../testbed/testbed.ts';

const baseline: Baseline = {
  machine: 'failover',
  name: 'test',
  region: west,
  input: () => ({ pair: 'orders', reason: 'test', acceptDataLoss: true }),
  before: replicated,
};

/** Plays `body` on the test bed of the baseline, with the pair replicating. */
const onTestbed = async (body: (testbed: Testbed, observations: Observations) => Promise<void>): Promise<void> => {
  const testbed = await createTestbed(baseline);
  const observations = observe(testbed);
  await testbed.play(async () => {
    await replicated(testbed);
    await body(testbed, observations);
  });
  await testbed.close();
};

const promote = async (testbed: Testbed, Mode: 'SWITCHOVER' | 'FAILOVER'): Promise<void> => {
  const { brokerId } = testbed.broker('orders-replica');
  await testbed.client(MqClient, west).send(new PromoteCommand({ BrokerId: brokerId, Mode }));
  await testbed.sleepSeconds(1);
};

const modes = ({ effects }: Observations) =>
  effects.filter((effect) => effect.startsWith('Promote')).map((effect) => effect.split(' ').at(-1));

describe('the test bed of a baseline run', () => {
  it('lets the clocks of a Region be wrong, and no other', async () => {
    await onTestbed(async (testbed) => {
      const times = new Map<string, unknown>();
      testbed.observe({
        log: ({ message, fields, functionName }) => {
          if (functionName === 'write-heartbeat' && message === 'heartbeat written')
            times.set(String(fields.region), fields.atMs);
        },
      });
      testbed.setClock(east, 7_000);
      const nowMs = testbed.clock.nowMs();
      for (const region of [east, west]) await testbed.invoke('write-heartbeat', region, {});
      expect([...times.values()].map((atMs) => Number(atMs) - nowMs)).toEqual([7_000, 0]);
    });
  });

  it('does not count an exchange that shows no effect, nor those that are asked for while it is so', async () => {
    await onTestbed(async (testbed, observations) => {
      testbed.aws.faults.start({ id: 'stuck', kind: 'stuck-promotion', mode: 'SWITCHOVER', count: 1 });
      await promote(testbed, 'SWITCHOVER');
      await promote(testbed, 'SWITCHOVER');
      expect(modes(observations)).toEqual([]);
      await promote(testbed, 'FAILOVER');
      expect(modes(observations)).toEqual(['FAILOVER']);
    });
  });

  it('counts an exchange that takes place', async () => {
    await onTestbed(async (testbed, observations) => {
      await promote(testbed, 'SWITCHOVER');
      expect(modes(observations)).toEqual(['SWITCHOVER']);
    });
  });

  it('lets stubs answer from the start of the workflow on', async () => {
    const stubs = { AssessFailover: broken };
    const { first } = await play(
      {
        ...baseline,
        stubs,
        before: async (testbed) => {
          await replicated(testbed);
          const early = await testbed.run('failover', west, baseline.input(testbed));
          expect(early.outcome).toBe('FailedOver');
        },
      },
      { arm: () => {} },
    );
    expect(first.status).toBe('FAILED');
  });
});
