import { MqClient, RebootBrokerCommand, UpdateBrokerCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import type { Testbed } from '../../testbed/testbed.ts';
import { createDriftTestbed, eventsBrokerId, oneDrift, policyWrites } from '../support/drift-testbed.ts';

const minuteSeconds = 60;
const here = 'us-east-1';

/** A cluster that drifts, with the deployment's rules switched on. */
const triggered = async (): Promise<Testbed> => {
  const testbed = await createDriftTestbed(oneDrift);
  testbed.startTriggers();
  return testbed;
};

const mq = (testbed: Testbed): MqClient => testbed.client(MqClient, here);

/** Runs of policy-drift in the order of their start: what asked for them, and how they ended. */
const runs = (testbed: Testbed): readonly string[] =>
  testbed.engine
    .executions()
    .filter(({ machineName }) => machineName === 'policy-drift')
    .map(({ executionArn, status }) => `${/drift-events-([a-z-]+)-/.exec(executionArn)?.[1]} ${status}`);

const emit = (testbed: Testbed, source: string, detailType: string, detail: Readonly<Record<string, unknown>>): void =>
  void testbed.aws.events.emit({ region: here, source, detailType, detail });

/** What the function that receives the events logs as errors from now on. */
const errorsOf = (testbed: Testbed): readonly string[] => {
  const errors: string[] = [];
  testbed.observe({
    log: ({ level, functionName, fields }) => {
      if (level === 'error' && functionName === 'receive-drift-event') errors.push(JSON.stringify(fields));
    },
  });
  return errors;
};

describe('a run of policy-drift', () => {
  it('starts once for a reboot and an update of the broker at one time, and tells what drifts', async () => {
    const testbed = await triggered();
    await testbed.play(async () => {
      await mq(testbed).send(
        new UpdateBrokerCommand({ BrokerId: eventsBrokerId(testbed), AutoMinorVersionUpgrade: true }),
      );
      await mq(testbed).send(new RebootBrokerCommand({ BrokerId: eventsBrokerId(testbed) }));
      await testbed.sleepSeconds(6 * minuteSeconds);
      expect(runs(testbed)).toEqual(['api-call SUCCEEDED']);
      const subjects = testbed.aws.notifications().map(({ subject }) => subject);
      expect(subjects).toEqual(['mq-dr ACT TODAY: policy findings in events: 1']);
      expect(policyWrites(testbed)).toEqual([]);
    });
  });

  it('starts for no call about another broker, and for none that was refused', async () => {
    const testbed = await triggered();
    await testbed.play(async () => {
      const { brokerId } = testbed.broker('orders');
      await mq(testbed).send(new RebootBrokerCommand({ BrokerId: brokerId }));
      await mq(testbed)
        .send(new RebootBrokerCommand({ BrokerId: 'b-00000000-0000-0000-0000-000000000000' }))
        .catch(() => {});
      await testbed.sleepSeconds(6 * minuteSeconds);
      expect(runs(testbed)).toEqual([]);
    });
  });

  it('starts once for equal events of each kind', async () => {
    const testbed = await triggered();
    const errors = errorsOf(testbed);
    await testbed.play(async () => {
      const { aws } = testbed;
      const metric = { namespace: 'AWS/AmazonMQ', name: 'MessageCount', dimensions: { Broker: 'events' } };
      const alarm = {
        alarmName: 'events-depth',
        configuration: { metrics: [{ id: 'm1', metricStat: { metric, period: 60, stat: 'Maximum' } }] },
        state: { value: 'ALARM', reason: 'deep', timestamp: '2026-01-05T09:00:00.000+0000' },
      };
      for (let times = 0; times < 2; times++) {
        emit(testbed, 'aws.cloudwatch', 'CloudWatch Alarm State Change', alarm);
        emit(testbed, 'mq-dr', 'Broker Log Match', { brokerId: eventsBrokerId(testbed), pattern: 'policy' });
        emit(testbed, 'mq-dr', 'Policy Drift Requested', { cluster: 'events', reason: 'asked' });
      }
      await testbed.sleepSeconds(4 * minuteSeconds);
      expect([...runs(testbed)].sort()).toEqual(['alarm SUCCEEDED', 'broker-log SUCCEEDED', 'manual SUCCEEDED']);
      expect(aws.notifications()).toHaveLength(1);
      expect(errors).toEqual([]);
    });
  });

  it('writes when a person asks for that on the bus, and nobody else can', async () => {
    const testbed = await triggered();
    await testbed.play(async () => {
      emit(testbed, 'mq-dr', 'Policy Drift Requested', { cluster: 'events', mode: 'remediate', reason: 'asked' });
      await testbed.sleepSeconds(5 * minuteSeconds);
      expect(policyWrites(testbed)).toEqual(['PUT orders ok']);
    });
  });

  it('starts twice an hour by itself, in the Region of the cluster alone', async () => {
    const testbed = await triggered();
    await testbed.play(async () => {
      await testbed.sleepSeconds(61 * minuteSeconds);
      expect(runs(testbed)).toEqual(['schedule SUCCEEDED', 'schedule SUCCEEDED']);
    });
  });

  it('is refused by name when a person asks for a cluster that nobody knows', async () => {
    const testbed = await triggered();
    const errors = errorsOf(testbed);
    await testbed.play(async () => {
      emit(testbed, 'mq-dr', 'Policy Drift Requested', { cluster: 'event', reason: 'asked' });
      await testbed.sleepSeconds(5 * minuteSeconds);
      expect(runs(testbed)).toEqual([]);
      expect(errors.join()).toContain('did you mean');
    });
  });
});
