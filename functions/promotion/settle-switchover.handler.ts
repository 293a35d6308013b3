import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { judgeReplication } from '../brokers/lag-verdict.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { isOpen } from '../control/intent.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { OutcomeUnknown } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';
import { readPair } from './read-pair.ts';

/** Verifies the exchange by reading both brokers once more and closes the promotion's intent. */
export const handler = composeHandler({
  name: 'settle-switchover',
  input: z.strictObject({ pair: z.string(), targetRegion: z.string(), run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, targetRegion }, { runtime, environment, logDecision }) => {
    const ports = replicationPorts(runtime, environment);
    const { target, observation } = await readPair(findPair(environment.PAIRS, pairName), targetRegion, ports);
    const { verdict, counterpart, evidence } = judgeReplication(observation);
    if (verdict !== 'exchanged') {
      throw new OutcomeUnknown(
        `the exchange of ${pairName} was seen before and is not visible now (${verdict}); checking again`,
        {
          evidence,
        },
      );
    }
    const intent = await ports.control.readIntent(pairName, 'Promote');
    if (isOpen(intent) && intent.subject === target.brokerId) await ports.control.settleIntent(intent, 'effective');
    logDecision('switchover settled', { pair: pairName, primary: target.brokerId, counterpart });
    return { exchangedAtMs: observation.atMs, counterpart };
  },
});
