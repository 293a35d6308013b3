import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { play } from '../../../../proofs/baseline/play.ts';
import type { Rehearsal } from '../../../../proofs/baseline/rehearsal.ts';
import { east, RehearsalStage, west } from '../../../../proofs/baseline/rehearsal-stage.ts';
import { broken, replicated } from '../../../../proofs/baselines/failover.ts';

const rehearsal: Rehearsal = {
  machine: 'failover',
  name: 'stage',
  region: west,
  world: { paired: true },
  input: () => ({ pair: 'orders', reason: 'test', acceptDataLoss: true }),
  before: replicated,
};

/** Plays `body` in the world of the rehearsal, with the pair replicating. */
const staged = async (body: (stage: RehearsalStage) => Promise<void>): Promise<void> => {
  const stage = await RehearsalStage.create(rehearsal);
  await stage.play(async () => {
    await replicated(stage);
    await body(stage);
  });
  await stage.stage.close();
};

const promote = async (stage: RehearsalStage, Mode: 'SWITCHOVER' | 'FAILOVER'): Promise<void> => {
  const client = new MqClient({ ...stage.stage.aws.clientSettings(), region: west, maxAttempts: 1 });
  const { brokerId } = stage.broker('orders-replica');
  await client.send(new PromoteCommand({ BrokerId: brokerId, Mode }));
  await stage.sleepSeconds(1);
};

const modes = ({ effects }: RehearsalStage) =>
  effects.filter((effect) => effect.startsWith('Promote')).map((effect) => effect.split(' ').at(-1));

describe('the stage of a rehearsal', () => {
  it('lets the clocks of a Region be wrong, and no other', async () => {
    await staged(async (stage) => {
      const times = new Map<string, unknown>();
      stage.stage.observe({
        log: ({ message, fields, functionName }) => {
          if (functionName === 'write-heartbeat' && message === 'heartbeat written')
            times.set(String(fields.region), fields.atMs);
        },
      });
      stage.setClock(east, 7_000);
      const nowMs = stage.stage.clock.nowMs();
      for (const region of [east, west]) await stage.invoke('write-heartbeat', region, {});
      expect([...times.values()].map((atMs) => Number(atMs) - nowMs)).toEqual([7_000, 0]);
    });
  });

  it('does not count an exchange that shows no effect, nor those that are asked for while it is so', async () => {
    await staged(async (stage) => {
      stage.stage.aws.faults.start({ id: 'stuck', kind: 'stuck-promotion', mode: 'SWITCHOVER', count: 1 });
      await promote(stage, 'SWITCHOVER');
      await promote(stage, 'SWITCHOVER');
      expect(modes(stage)).toEqual([]);
      await promote(stage, 'FAILOVER');
      expect(modes(stage)).toEqual(['FAILOVER']);
    });
  });

  it('counts an exchange that takes place', async () => {
    await staged(async (stage) => {
      await promote(stage, 'SWITCHOVER');
      expect(modes(stage)).toEqual(['SWITCHOVER']);
    });
  });

  it('lets stand-ins act from the start of the rehearsed workflow on', async () => {
    const standIns = { AssessFailover: broken };
    const { first } = await play(
      {
        ...rehearsal,
        standIns,
        before: async (stage) => {
          await replicated(stage);
          const early = await stage.end(await stage.start('failover', west, rehearsal.input(stage)));
          expect(early.outcome).toBe('FailedOver');
        },
      },
      { arm: () => {} },
    );
    expect(first.status).toBe('FAILED');
  });
});
