import { describe, expect, it } from 'vitest';
import { readPair } from '../../../functions/promotion/read-pair.ts';
import { InvalidInput, NotFound, ServiceUnavailable, UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { eastRef, healthyGauges, noonMs, ordersPair, pairedEast, pairedWest, westRef } from '../../support/brokers.ts';
import { FakeBrokers, FakeClock, FakeControl, FakeMetrics } from '../../support/fake-ports.ts';

const ports = () => ({
  clock: new FakeClock(),
  brokers: new FakeBrokers(pairedEast(), pairedWest()),
  control: new FakeControl(),
  metrics: new FakeMetrics(healthyGauges()),
});

describe('readPair', () => {
  it('names the broker of the Region the target, whichever order the settings have', async () => {
    const toWest = await readPair(ordersPair(), 'us-west-2', ports());
    expect([toWest.target, toWest.counterpart]).toEqual([westRef, eastRef]);
    const toEast = await readPair(ordersPair(), 'us-east-1', ports());
    expect([toEast.target, toEast.counterpart]).toEqual([eastRef, westRef]);
    expect(toEast.observation).toMatchObject({ atMs: noonMs, target: { broker: { brokerId: eastRef.brokerId } } });
  });

  it('asks each Region for the gauges of the role that its broker has before the promotion', async () => {
    const given = ports();
    const asked: unknown[] = [];
    given.metrics.read = async (...args: unknown[]) => {
      asked.push(args[0]);
      return {};
    };
    await readPair(ordersPair(), 'us-west-2', given);
    expect(asked).toEqual([
      [
        {
          region: 'us-east-1',
          brokerName: 'orders-east',
          gauges: ['TotalReplicationLag', 'PrimaryWaitTime', 'QueueSize'],
        },
        { region: 'us-west-2', brokerName: 'orders-west', gauges: ['ReplicationLag', 'ReplicaWaitTime'] },
      ],
    ]);
  });

  it('takes a broker that cannot be read as part of the picture', async () => {
    const given = ports();
    given.brokers.breakReading(eastRef.brokerId, new ServiceUnavailable('the Region is dark'));
    const { observation } = await readPair(ordersPair(), 'us-west-2', given);
    expect(observation.counterpart).toEqual({ known: false, reason: 'the Region is dark' });
    expect(observation.target.known).toBe(true);
  });

  it('finds the brokers in the Control table when the settings do not name them', async () => {
    const given = ports();
    given.control.members = [eastRef.arn, westRef.arn];
    const { target } = await readPair(ordersPair({ brokers: undefined }), 'us-west-2', given);
    expect(target).toEqual(westRef);
  });

  it('says which Regions the pair has when the wanted one is not among them', async () => {
    const looking = readPair(ordersPair(), 'eu-west-1', ports());
    await expect(looking).rejects.toThrow(InvalidInput);
    await expect(looking).rejects.toThrow('no broker in eu-west-1; its Regions are us-east-1 and us-west-2');
  });

  it('says what to do for a pair that has no brokers yet', async () => {
    const looking = readPair(ordersPair({ brokers: undefined }), 'us-west-2', ports());
    await expect(looking).rejects.toThrow(NotFound);
    await expect(looking).rejects.toThrow('run create-replica');
  });

  it('refuses a record that names something else than brokers', async () => {
    const given = ports();
    given.control.members = ['not an ARN', westRef.arn];
    await expect(readPair(ordersPair({ brokers: undefined }), 'us-west-2', given)).rejects.toThrow(UnexpectedAnswer);
  });
});
