import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { waitLimitMs } from '../functions/brokers/replication-limits.ts';
import { brokerArnSchema } from '../functions/config/broker-arn.ts';
import { clusterRules, pairRules, regionRules, type TriggerRule } from '../infra/triggers.ts';
import { TaskFailure } from '../simulator/engine/ports.ts';
import type { SimulatedBroker } from '../simulator/world/broker-inventory.ts';
import type { SimulatedAws } from '../simulator/world/simulated-aws.ts';
import type { Deployment } from './deployment.ts';
import { matchesPattern } from './event-pattern.ts';
import type { EmbeddedLambda } from './lambda.ts';

/**
 * Lambda hands an event over again after one and after two minutes when the function failed
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
const retryAfterMs: readonly number[] = [60_000, 120_000];

const minuteMs = 60_000;

/** The rules that the deployment has in a Region now: a pair's stand where it has, or may get, a broker. */
const rulesIn = (aws: SimulatedAws, deployment: Deployment, region: string): readonly TriggerRule[] => {
  return [
    ...regionRules((name) => deployment.machineArn(name, region)),
    ...deployment.pairs.flatMap(({ name, brokers }) => {
      const here = (brokers?.map((arn) => brokerArnSchema.parse(arn)) ?? aws.brokers()).filter(
        (broker) => broker.region === region,
      );
      const brokerNames = here.map(({ brokerName }) => brokerName);
      return here.length === 0 ? [] : pairRules(name, brokerNames);
    }),
    ...deployment.clusters.flatMap(({ name, broker }) => {
      const { brokerName, region: home } = brokerArnSchema.parse(broker);
      return home === region ? clusterRules(name, brokerName) : [];
    }),
  ];
};

/** One alarm for each broker: nothing comes over the link any more, three of the plugin's heartbeats long. */
export const addReplicaWaitAlarms = (aws: SimulatedAws, brokers: readonly SimulatedBroker[]): void => {
  for (const { region, brokerName } of brokers) {
    aws.addAlarm(region, {
      alarmName: `${brokerName}-replica-wait`,
      metrics: [
        { namespace: 'AWS/AmazonMQ', metricName: 'ReplicaWaitTime', dimensions: { Broker: `${brokerName}-1` } },
      ],
      threshold: { above: waitLimitMs, missingData: 'ignore' },
    });
  }
};

/**
 * Switches the deployment's rules on: events on simulated AWS reach their functions, and schedules run in Regions that have
 * a broker. A Region that is dark neither delivers nor runs anything. Call it inside the clock's `run` or before it.
 */
export const startTriggers = (aws: SimulatedAws, deployment: Deployment, lambda: EmbeddedLambda): void => {
  const { clock } = aws;
  const isDark = (region: string): boolean => aws.reachability.isDark(region);
  const hasBroker = (region: string): boolean => aws.brokers().some((broker) => broker.region === region);

  const startMachine = async (name: string, region: string, input: unknown): Promise<void> => {
    const client = new SFNClient({ ...aws.clientSettings({ fromRegion: region }), region, maxAttempts: 1 });
    const command = new StartExecutionCommand({
      stateMachineArn: deployment.machineArn(name, region),
      input: JSON.stringify(input),
    });
    // A start that fails is left to the schedule's next turn.
    await client.send(command).catch(() => {});
  };

  const handOver = async (rule: TriggerRule, region: string, event: unknown): Promise<void> => {
    if ('targetMachine' in rule) return await startMachine(rule.targetMachine, region, event);
    for (const delayMs of [0, ...retryAfterMs]) {
      await clock.sleepMs(delayMs);
      if (isDark(region)) continue;
      try {
        await lambda.invoke({ functionName: rule.targetFunction, region }, event);
        return;
      } catch (error) {
        // The function has logged its error; Lambda tries again, and drops the event at last.
        if (!(error instanceof TaskFailure)) throw error;
      }
    }
  };

  aws.onEvent((event) => {
    if (isDark(event.region)) return;
    for (const rule of rulesIn(aws, deployment, event.region)) {
      if (!('pattern' in rule) || !matchesPattern(rule.pattern, event)) continue;
      clock.spawn(`rule ${event.region}: ${rule.name}`, () => handOver(rule, event.region, event));
    }
  });

  for (const region of aws.regions) {
    clock.spawn(`schedules ${region}`, async () => {
      for (;;) {
        await clock.sleepMs(minuteMs - (clock.nowMs() % minuteMs));
        if (isDark(region) || !hasBroker(region)) continue;
        const time = new Date(clock.nowMs()).toISOString();
        for (const rule of rulesIn(aws, deployment, region)) {
          if (!('everyMinutes' in rule) || clock.nowMs() % (rule.everyMinutes * minuteMs) !== 0) continue;
          const input = 'timed' in rule ? { ...rule.input, time } : rule.input;
          // The next turn comes on time however long this one takes.
          clock.spawn(`rule ${region}: ${rule.name}`, () => handOver(rule, region, input));
        }
      }
    });
  }
};
