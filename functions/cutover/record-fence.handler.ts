import * as z from 'zod/mini';
import { brokerAddressSchema } from '../brokers/broker-address.ts';
import { findMembers, findPair } from '../brokers/find-pair.ts';
import { cutoverOf } from '../config/cutover-config.ts';
import { fencingNotConfigured } from '../control/fence.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { InvalidInput } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';
import { cutoverPorts } from './adapters/cutover-ports.ts';
import { recordFence } from './record-fence.ts';

/** After a failover: records that the old primary's clients must be kept away from it once its Region is back. */
export const handler = composeHandler({
  name: 'record-fence',
  input: z.strictObject({
    pair: z.string().check(z.minLength(1)),
    /** The epoch that the failover opened; null if it was not recorded. */
    epoch: z.nullable(z.int().check(z.positive())),
    oldPrimary: z.partial(brokerAddressSchema, { brokerName: true }),
    run: runSchema,
  }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, epoch, oldPrimary }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const ports = cutoverPorts(runtime, environment, pair);
    const members = await findMembers(pair, ports.control);
    const { brokerId } = oldPrimary;
    const isMember = members.some((member) => member.region === oldPrimary.region && member.brokerId === brokerId);
    if (!isMember || oldPrimary.region === region) {
      const ids = members.map((member) => `${member.brokerId} in ${member.region}`).join(' and ');
      throw new InvalidInput(
        `${brokerId} in ${oldPrimary.region} is not the old primary of ${pair.name} as seen from ${region}; its brokers are ${ids}`,
      );
    }
    const recorded = await recordFence(pair.name, oldPrimary, epoch, ports);
    const hasHook = cutoverOf(pair).fencingFunctionArn[oldPrimary.region] !== undefined;
    const missing = hasHook ? [] : [fencingNotConfigured(pair.name, oldPrimary.region, brokerId)];
    const result = { ...recorded, warnings: [...recorded.warnings, ...missing] };
    logDecision('fence recorded', { pair: pair.name, ...result });
    return result;
  },
});
