import * as z from 'zod';
import type { SimulatedBroker } from '../../../simulator/world/broker-inventory.ts';
import { fits } from '../../../simulator/world/fault-board.ts';
import type { SimulatedAws } from '../../../simulator/world/simulated-aws.ts';
import { missingPair } from '../scenario/missing-names.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({
  pair: z.string().min(1),
  region: z.enum(knownRegions),
  /** `none` there is no fence and never was one. */
  status: z.enum(['none', 'wanted', 'carried-out', 'undone']),
});

/** Whether something in front of the broker keeps clients away, such as a fence. */
const clientsDenied = ({ faults }: SimulatedAws, { region, brokerName }: SimulatedBroker): boolean =>
  faults.active('clients-denied').some((fault) => fits(fault.region, region) && fits(fault.brokerName, brokerName));

/** The fence of a pair's broker in a Region is recorded as expected, and clients are kept away accordingly. */
export const fenceIs = defineProbe({
  kind: 'fence-is',
  schema,
  describe: (step) => `the fence of ${step.pair} in ${step.region} is ${step.status}`,
  check: missingPair,
  run: async ({ operator, testbed }, { pair, region, status }) => {
    const fence = await operator.fences.read(pair, region);
    const broker = testbed.pair(pair).brokerIn(region);
    const denied = broker !== undefined && clientsDenied(testbed.aws, broker);
    const recorded = fence?.status ?? 'none';
    const fits = status === 'wanted' || denied === (status === 'carried-out');
    return {
      met: recorded === status && fits,
      finding: `it is ${recorded}, and clients are ${denied ? 'denied' : 'let through'}`,
      evidence: { recorded, denied },
    };
  },
});
