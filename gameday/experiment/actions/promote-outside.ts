import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import * as z from 'zod';
import { missingPair } from '../scenario/missing-names.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({
  pair: z.string().min(1),
  /** Region of the broker that is to take over. */
  region: z.enum(knownRegions),
  mode: z.enum(['SWITCHOVER', 'FAILOVER']).default('SWITCHOVER'),
});

/** Promotes a broker with a plain call, as somebody in the AWS console would: mq-dr is not asked. */
export const promoteOutside = defineAction({
  kind: 'promote-outside',
  schema,
  describe: (step) => `promote the broker of ${step.pair} in ${step.region} outside mq-dr (${step.mode.toLowerCase()})`,
  check: missingPair,
  run: async ({ testbed }, { pair, region, mode }) => {
    const broker = testbed.pair(pair).brokerIn(region);
    if (broker === undefined) throw new StepFailedError(`${pair} has no broker in ${region}`);
    const client = testbed.client(MqClient, region);
    await client.send(new PromoteCommand({ BrokerId: broker.brokerId, Mode: mode }));
    return { brokerId: broker.brokerId, mode };
  },
});
