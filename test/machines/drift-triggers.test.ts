import { MqClient, RebootBrokerCommand, UpdateBrokerCommand } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { startTriggers } from '../../testbed/triggers.ts';
import { DriftStage, oneDrift } from '../support/drift-stage.ts';

const minuteSeconds = 60;
const here = 'us-east-1';

/** A cluster that drifts, with the deployment's rules switched on. */
const triggered = async (): Promise<DriftStage> => {
  const stage = await DriftStage.create(oneDrift);
  startTriggers(stage.flow.stage);
  return stage;
};

const mq = (stage: DriftStage): MqClient =>
  new MqClient({ ...stage.flow.stage.aws.clientSettings(), region: here, maxAttempts: 1 });

/** Runs of policy-drift in the order of their start: what asked for them, and how they ended. */
const runs = (stage: DriftStage): readonly string[] =>
  stage.flow.stage.engine
    .executions()
    .filter(({ machineName }) => machineName === 'policy-drift')
    .map(({ executionArn, status }) => `${/drift-events-([a-z-]+)-/.exec(executionArn)?.[1]} ${status}`);

const emit = (stage: DriftStage, source: string, detailType: string, detail: Readonly<Record<string, unknown>>): void =>
  void stage.flow.stage.aws.events.emit({ region: here, source, detailType, detail });

/** What the function that receives the events logs as errors from now on. */
const errorsOf = (stage: DriftStage): readonly string[] => {
  const errors: string[] = [];
  stage.flow.stage.observe({
    log: ({ level, functionName, fields }) => {
      if (level === 'error' && functionName === 'receive-drift-event') errors.push(JSON.stringify(fields));
    },
  });
  return errors;
};

describe('a run of policy-drift', () => {
  it('starts once for a reboot and an update of the broker at one time, and tells what drifts', async () => {
    const stage = await triggered();
    await stage.play(async () => {
      await mq(stage).send(new UpdateBrokerCommand({ BrokerId: stage.brokerId, AutoMinorVersionUpgrade: true }));
      await mq(stage).send(new RebootBrokerCommand({ BrokerId: stage.brokerId }));
      await stage.sleepSeconds(6 * minuteSeconds);
      expect(runs(stage)).toEqual(['api-call SUCCEEDED']);
      const subjects = stage.flow.stage.aws.notifications().map(({ subject }) => subject);
      expect(subjects).toEqual(['mq-dr ACT TODAY: policy findings in events: 1']);
      expect(stage.policyWrites()).toEqual([]);
    });
  });

  it('starts for no call about another broker, and for none that was refused', async () => {
    const stage = await triggered();
    await stage.play(async () => {
      const { brokerId } = stage.flow.broker('orders');
      await mq(stage).send(new RebootBrokerCommand({ BrokerId: brokerId }));
      await mq(stage)
        .send(new RebootBrokerCommand({ BrokerId: 'b-00000000-0000-0000-0000-000000000000' }))
        .catch(() => {});
      await stage.sleepSeconds(6 * minuteSeconds);
      expect(runs(stage)).toEqual([]);
    });
  });

  it('starts once for equal events of each kind', async () => {
    const stage = await triggered();
    const errors = errorsOf(stage);
    await stage.play(async () => {
      const { aws } = stage.flow.stage;
      const metric = { namespace: 'AWS/AmazonMQ', name: 'MessageCount', dimensions: { Broker: 'events' } };
      const alarm = {
        alarmName: 'events-depth',
        configuration: { metrics: [{ id: 'm1', metricStat: { metric, period: 60, stat: 'Maximum' } }] },
        state: { value: 'ALARM', reason: 'deep', timestamp: '2026-01-05T09:00:00.000+0000' },
      };
      for (let times = 0; times < 2; times++) {
        emit(stage, 'aws.cloudwatch', 'CloudWatch Alarm State Change', alarm);
        emit(stage, 'mq-dr', 'Broker Log Match', { brokerId: stage.brokerId, pattern: 'policy' });
        emit(stage, 'mq-dr', 'Policy Drift Requested', { cluster: 'events', reason: 'asked' });
      }
      await stage.sleepSeconds(4 * minuteSeconds);
      expect([...runs(stage)].sort()).toEqual(['alarm SUCCEEDED', 'broker-log SUCCEEDED', 'manual SUCCEEDED']);
      expect(aws.notifications()).toHaveLength(1);
      expect(errors).toEqual([]);
    });
  });

  it('writes when a person asks for that on the bus, and nobody else can', async () => {
    const stage = await triggered();
    await stage.play(async () => {
      emit(stage, 'mq-dr', 'Policy Drift Requested', { cluster: 'events', mode: 'remediate', reason: 'asked' });
      await stage.sleepSeconds(5 * minuteSeconds);
      expect(stage.policyWrites()).toEqual(['PUT orders ok']);
    });
  });

  it('starts twice an hour by itself, in the Region of the cluster alone', async () => {
    const stage = await triggered();
    await stage.play(async () => {
      await stage.sleepSeconds(61 * minuteSeconds);
      expect(runs(stage)).toEqual(['schedule SUCCEEDED', 'schedule SUCCEEDED']);
    });
  });

  it('is refused by name when a person asks for a cluster that nobody knows', async () => {
    const stage = await triggered();
    const errors = errorsOf(stage);
    await stage.play(async () => {
      emit(stage, 'mq-dr', 'Policy Drift Requested', { cluster: 'event', reason: 'asked' });
      await stage.sleepSeconds(5 * minuteSeconds);
      expect(runs(stage)).toEqual([]);
      expect(errors.join()).toContain('did you mean');
    });
  });
});
