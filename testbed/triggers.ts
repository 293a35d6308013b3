import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { brokerArnSchema } from '../functions/config/broker-arn.ts';
import { clusterRules, pairRules, regionRules, type TriggerRule } from '../infra/triggers.ts';
import { TaskFailure } from '../simulator/engine/ports.ts';
import { matchesPattern } from './event-pattern.ts';
import type { Stage } from './stage.ts';

/**
 * Lambda hands an event over again after one and after two minutes when the function failed
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
const retryAfterMs: readonly number[] = [60_000, 120_000];

const minuteMs = 60_000;

/** The rules that the deployment has in a Region now: a pair's stand where it has, or may get, a broker. */
const rulesIn = (stage: Stage, region: string): readonly TriggerRule[] => {
  const { pairs, clusters } = stage;
  return [
    ...regionRules((name) => stage.machineArn(name, region)),
    ...pairs.flatMap(({ name, brokers }) => {
      const here = (brokers?.map((arn) => brokerArnSchema.parse(arn)) ?? stage.aws.brokers()).filter(
        (broker) => broker.region === region,
      );
      const brokerNames = here.map(({ brokerName }) => brokerName);
      return here.length === 0 ? [] : pairRules(name, brokerNames);
    }),
    ...clusters.flatMap(({ name, broker }) => {
      const { brokerName, region: home } = brokerArnSchema.parse(broker);
      return home === region ? clusterRules(name, brokerName) : [];
    }),
  ];
};

/**
 * Switches the deployment's rules on: events of the simulator reach their functions, and schedules run in Regions that have
 * a broker. A Region that is dark neither delivers nor runs anything. Call it inside the clock's `run` or before it.
 */
export const startTriggers = (stage: Stage): void => {
  const { aws, clock } = stage;
  const isDark = (region: string): boolean => aws.reachability.isDark(region);
  const hasBroker = (region: string): boolean => aws.brokers().some((broker) => broker.region === region);

  const startMachine = async (name: string, region: string, input: unknown): Promise<void> => {
    const client = new SFNClient({ ...aws.clientSettings({ fromRegion: region }), region, maxAttempts: 1 });
    const command = new StartExecutionCommand({
      stateMachineArn: stage.machineArn(name, region),
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
        await stage.invoke(rule.targetFunction, region, event);
        return;
      } catch (error) {
        // The function has logged its error; Lambda tries again, and drops the event at last.
        if (!(error instanceof TaskFailure)) throw error;
      }
    }
  };

  aws.onEvent((event) => {
    if (isDark(event.region)) return;
    for (const rule of rulesIn(stage, event.region)) {
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
        for (const rule of rulesIn(stage, region)) {
          if (!('everyMinutes' in rule) || clock.nowMs() % (rule.everyMinutes * minuteMs) !== 0) continue;
          const input = 'timed' in rule ? { ...rule.input, time } : rule.input;
          // The next turn comes on time however long this one takes.
          clock.spawn(`rule ${region}: ${rule.name}`, () => handOver(rule, region, input));
        }
      }
    });
  }
};
