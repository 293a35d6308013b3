import { MqClient, PromoteCommand } from '@aws-sdk/client-mq';
import * as z from 'zod';
import { missingPair } from '../scenario/missing-pair.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineAction, StepFailedError } from '../step.ts';

const schema = z.strictObject({
  pair: z.string().min(1),
  /** Region of the broker that shall take over. */
  region: z.enum(knownRegions),
  mode: z.enum(['SWITCHOVER', 'FAILOVER']).default('SWITCHOVER'),
});

/** Promotes a broker with a plain call, as somebody in the AWS console would: mq-dr is not asked. */
export const promoteOutside = defineAction({
  kind: 'promote-outside',
  schema,
  describe: (step) => `promote the broker of ${step.pair} in ${step.region} outside mq-dr (${step.mode.toLowerCase()})`,
  check: missingPair,
  run: async ({ stage }, { pair, region, mode }) => {
    const broker = stage.brokers(pair).find((candidate) => candidate.region === region);
    if (broker === undefined) throw new StepFailedError(`${pair} has no broker in ${region}`);
    // One attempt: the SDK's own back-off would sleep in real time.
    const client = new MqClient({ ...stage.aws, region, maxAttempts: 1 });
    await client.send(new PromoteCommand({ BrokerId: broker.brokerId, Mode: mode }));
    return { brokerId: broker.brokerId, mode };
  },
});
