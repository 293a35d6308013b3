import { describe, expect, it } from 'vitest';
import { addTeamCutover, type TeamCutover } from '../../testbed/team-cutover.ts';
import { WorkflowStage } from '../support/workflow-stage.ts';

const east = 'us-east-1';
const west = 'us-west-2';

/** A pair whose team has consumers as mappings, an endpoint parameter and a fencing function. */
const teamStage = async (consumers: 'hold' | 'live'): Promise<{ stage: WorkflowStage; team: TeamCutover }> => {
  const stage = await WorkflowStage.create({ paired: true });
  const { aws } = stage.stage;
  const team = addTeamCutover(aws, {
    name: 'orders',
    regions: [east, west],
    consumers,
    brokers: () => aws.brokers(),
  });
  stage.configure({ cutover: team.settings });
  return { stage, team };
};

const endpointOf = (stage: WorkflowStage, brokerName: string) => {
  const [address] = stage.broker(brokerName).amqpAddresses;
  if (address === undefined) throw new TypeError('a broker has endpoints');
  return address;
};

const failover = { pair: 'orders', reason: 'test', acceptDataLoss: true };

describe('a promotion with a team’s own cutover', () => {
  it('holds the consumers before a failover, and lets them go on before it names the endpoint', async () => {
    const { stage, team } = await teamStage('hold');
    const { aws } = stage.stage;
    const heldAtPromote: boolean[] = [];
    aws.onApiCall(({ operation }) => {
      if (operation === 'Promote') heldAtPromote.push(!team.consumes(endpointOf(stage, 'orders-replica')));
    });
    const order: string[] = [];
    aws.onApiCall(({ service, operation, region }) => {
      const shown = ['UpdateEventSourceMapping', 'Promote', 'PutParameter', 'PutEvents'];
      if (shown.includes(operation)) order.push(`${service} ${operation} ${region}`);
    });
    const end = await stage.play(async () => {
      await stage.stage.clock.sleepMs(300_000);
      aws.blackout(east);
      return await stage.run('failover', west, failover);
    });
    expect(end.output).toMatchObject({ outcome: 'FailedOver' });
    expect(heldAtPromote).toEqual([true]);
    expect(team.consumes(endpointOf(stage, 'orders-replica'))).toBe(true);
    expect(order).toEqual([
      `lambda UpdateEventSourceMapping ${west}`,
      `mq Promote ${west}`,
      `lambda UpdateEventSourceMapping ${west}`,
      `ssm PutParameter ${west}`,
      `events PutEvents ${west}`,
    ]);
    const { brokerId } = stage.broker('orders-replica');
    expect(JSON.parse(aws.parameter(west, '/mq-dr/orders/endpoint')?.value ?? '')).toMatchObject({
      brokerId,
      epoch: 1,
    });
  });

  it('fences the old primary once its Region is back, and lets its clients in when it is promoted again', async () => {
    const { stage } = await teamStage('live');
    const { aws, clock } = stage.stage;
    const connects = async (): Promise<boolean> =>
      await aws.connect(endpointOf(stage, 'orders'), 1_000, east).then(
        (stream) => Boolean(stream.destroy()),
        () => false,
      );
    const denied = () => aws.faults.active('clients-denied').map(({ brokerName }) => brokerName);
    await stage.play(async () => {
      await clock.sleepMs(300_000);
      aws.blackout(east);
      expect((await stage.run('failover', west, failover)).output).toMatchObject({ outcome: 'FailedOver' });
      await clock.sleepMs(60_000);
      expect(denied()).toEqual([]);
      aws.restore(east);
      await stage.stage.invoke('enforce-fencing', east, {});
      await stage.stage.invoke('enforce-fencing', west, {});
      expect(denied()).toEqual(['orders']);
      // The pair replicates the other way round by now; the original primary takes over again.
      await clock.sleepMs(600_000);
      const back = await stage.run('switchover', east, { pair: 'orders', targetRegion: east, reason: 'failback' });
      expect(back.output).toMatchObject({ outcome: 'SwitchedOver' });
      expect([denied(), await connects()]).toEqual([[], true]);
      expect(JSON.parse(aws.parameter(east, '/mq-dr/orders/endpoint')?.value ?? '')).toMatchObject({ epoch: 2 });
    });
  });
});
