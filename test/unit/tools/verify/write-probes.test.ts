import { DescribeBrokerCommand, MqClient, PromoteCommand, RebootBrokerCommand } from '@aws-sdk/client-mq';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import type { PairReadings } from '../../../../tools/verify/pair-readings.ts';
import { PairReader } from '../../../../tools/verify/read-pair.ts';
import { Recorder } from '../../../../tools/verify/recorder.ts';
import { writeProbes } from '../../../../tools/verify/write-probes.ts';
import { FakeClock, fakeRuntime } from '../../../support/fake-ports.ts';

const mq = mockClient(MqClient);

afterEach(() => mq.reset());

const broker = (region: string, role: string) => ({
  region,
  brokerId: `b-${role.toLowerCase()}`,
  description: { BrokerState: 'REPLICA' as const, DataReplicationMetadata: { DataReplicationRole: role } },
});

const readings: PairReadings = {
  primary: broker('us-east-1', 'PRIMARY'),
  replica: broker('us-west-2', 'REPLICA'),
  gauges: {},
  connections: { primary: { units: [], last: undefined }, replica: { units: [], last: undefined } },
  replicationQueues: [],
  namesInBothRegions: [],
  jolokia: { asked: false },
};

const probe = async (id: '15.3' | '15.16') => {
  const clock = new FakeClock();
  const runtime = { ...fakeRuntime(), clock };
  const recorder = new Recorder(clock);
  const sight = await writeProbes[id].run(readings, { runtime, recorder, reader: new PairReader(runtime, recorder) });
  return { ...sight, sleeps: clock.sleeps };
};

const reads = (role: string): void => {
  mq.on(DescribeBrokerCommand).resolves(broker('us-east-1', role).description);
};

const refusal = (name: string): Error => Object.assign(new Error('no'), { name });

describe('a promotion of the primary', () => {
  it('is as expected when it is refused, or accepted without effect, for which it waits', async () => {
    reads('PRIMARY');
    mq.on(PromoteCommand).rejects(refusal('BadRequestException'));
    expect(await probe('15.3')).toMatchObject({ verdict: 'as expected', sleeps: [] });
    mq.on(PromoteCommand).resolves({});
    expect(await probe('15.3')).toMatchObject({ verdict: 'as expected', sleeps: [60_000] });
  });

  it('is not when it takes effect, or is refused for another reason', async () => {
    reads('REPLICA');
    mq.on(PromoteCommand).resolves({});
    expect(await probe('15.3')).toMatchObject({
      verdict: 'different',
      seen: 'accepted; the primary then reads REPLICA',
    });
    reads('PRIMARY');
    mq.on(PromoteCommand).rejects(refusal('ConflictException'));
    expect(await probe('15.3')).toMatchObject({ verdict: 'different' });
  });
});

describe('a reboot of the replica', () => {
  it('is as expected only when it is refused', async () => {
    mq.on(RebootBrokerCommand).rejects(refusal('BadRequestException'));
    expect(await probe('15.16')).toMatchObject({ verdict: 'as expected' });
    mq.on(RebootBrokerCommand).resolves({});
    expect(await probe('15.16')).toMatchObject({ verdict: 'different', seen: 'accepted' });
  });
});
