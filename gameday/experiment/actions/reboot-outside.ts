import { MqClient, RebootBrokerCommand } from '@aws-sdk/client-mq';
import * as z from 'zod';
import { missingPair } from '../scenario/missing-names.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineAction } from '../step.ts';
import { StepFailedError } from '../step-failed.ts';

const schema = z.strictObject({ pair: z.string().min(1), region: z.enum(knownRegions) });

/** Reboots a broker with a plain call, as somebody in the AWS console would: mq-dr is not asked. */
export const rebootOutside = defineAction({
  kind: 'reboot-outside',
  schema,
  describe: (step) => `reboot the broker of ${step.pair} in ${step.region} outside mq-dr`,
  check: missingPair,
  run: async ({ testbed }, { pair, region }) => {
    const broker = testbed.pair(pair).brokerIn(region);
    if (broker === undefined) throw new StepFailedError(`${pair} has no broker in ${region}`);
    await testbed.client(MqClient, region).send(new RebootBrokerCommand({ BrokerId: broker.brokerId }));
    return { brokerId: broker.brokerId };
  },
});
