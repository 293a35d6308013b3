import * as z from 'zod';
import { missingPair } from '../scenario/missing-names.ts';
import { knownRegions } from '../scenario/schema.ts';
import { defineProbe } from '../step.ts';

const schema = z.strictObject({ pair: z.string().min(1), region: z.enum(knownRegions) });

/** The pair's broker in the Region takes clients, and the other one does not. */
export const pairServedIn = defineProbe({
  kind: 'pair-served-in',
  schema,
  describe: (step) => `${step.pair} is served in ${step.region}, and nowhere else`,
  check: missingPair,
  run: async ({ testbed }, step) => {
    const brokers = testbed
      .pair(step.pair)
      .views()
      .map(({ brokerName, region, role, serves }) => ({
        brokerName,
        region,
        role,
        serves,
      }));
    const met =
      brokers.some((broker) => broker.serves) &&
      brokers.every((broker) => broker.serves === (broker.region === step.region));
    const seen = brokers.map(
      (broker) =>
        `${broker.brokerName} (${broker.region}) is ${broker.role} and ${broker.serves ? 'serves' : 'does not serve'}`,
    );
    return { met, finding: seen.length === 0 ? 'no broker of the pair exists' : seen.join('; '), evidence: brokers };
  },
});
