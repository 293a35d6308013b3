import * as z from 'zod/mini';
import { brokerAddressSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';

/** Checks once whether this Region's broker has become the primary and takes clients. The other Region is not asked. */
export const handler = composeHandler({
  name: 'observe-failover',
  input: z.strictObject({ pair: z.string(), target: brokerAddressSchema, run: runSchema }),
  environment: pairEnvironmentSchema,
  handle: async ({ pair: pairName, target, run }, { runtime, environment, nowMs, logDecision }) => {
    await renewLock(runtime, environment, findPair(environment.PAIRS, pairName), run);
    const { brokers, probe } = pairPorts(runtime, environment);
    const broker = await brokers.describe(target);
    const clients = await probe(broker);
    // A function outside the broker's network sees no endpoint; then the role alone must do.
    const serves = clients === 'accepts' || clients === 'unreachable' || clients === 'none';
    const phase = broker.role === 'primary' && serves ? 'promoted' : 'waiting';
    const evidence = [
      `${broker.brokerId} reads ${broker.roleText ?? 'no role'}, ${broker.state}; endpoints: ${clients}`,
    ];
    logDecision('replication judged', {
      pair: pairName,
      verdict: phase === 'promoted' ? 'exchanged' : 'absent',
      evidence,
      counterpart: 'unknown',
      phase,
    });
    return { phase, evidence, observedAtMs: nowMs };
  },
});
