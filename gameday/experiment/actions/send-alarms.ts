import * as z from 'zod';
import { brokerAlarm } from '../../../testbed/broker-alarm.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({
  pair: z.string().min(1),
  /** Region of the broker that the alarm is about, and of the event. */
  region: z.enum(knownRegions),
  alarmName: z.string().min(1).default('game-day'),
  metricName: z.string().min(1).default('ReplicaWaitTime'),
  /** Equal events, all at once: EventBridge delivers at least once, and alarms of one cause come together. */
  count: z.int().min(1).max(1_000).default(1),
});

/** Puts alarm events on a Region's bus, as CloudWatch does when an alarm fires. */
export const sendAlarms = defineAction({
  kind: 'send-alarms',
  schema,
  describe: (step) => `${step.count} × alarm ${step.alarmName} of ${step.pair} in ${step.region}`,
  check: missingPair,
  run: async ({ clock, testbed }, { pair, region, alarmName, metricName, count }) => {
    const broker = testbed.pair(pair).brokerIn(region);
    if (broker === undefined) throw new StepFailedError(`${pair} has no broker in ${region}`);
    const event = brokerAlarm(broker, alarmName, metricName, clock.nowMs());
    for (let sent = 0; sent < count; sent++) testbed.aws.events.emit(event);
    return { alarmName, count };
  },
});
