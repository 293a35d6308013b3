import * as z from 'zod/mini';
import { pairAddressesSchema } from '../brokers/broker-address.ts';
import { findPair } from '../brokers/find-pair.ts';
import { pairPorts } from '../brokers/pair-ports.ts';
import { primaryGauges, replicaGauges } from '../brokers/replication-gauges.ts';
import { ReplicationMetrics } from '../brokers/replication-metrics.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { runSchema } from '../runtime/run.ts';
import { sendCanary, takeCanaries } from './adapters/amqp-canary.ts';
import { proveReplication } from './replication-proof.ts';

/** Points of the last ten minutes: what is older proves nothing, and the proof's own limit is stricter. */
const windowSeconds = 600;

/**
 * Checks once whether replication runs in the given direction. At the first poll it puts a canary on the primary, where
 * one is configured, so that even an idle pair has an event to carry; later polls take it off.
 */
export const handler = composeHandler({
  name: 'prove-replication',
  input: z.strictObject({
    pair: z.string(),
    brokers: pairAddressesSchema,
    run: runSchema,
    /** Points before this instant prove nothing; milliseconds since the Unix epoch. */
    sinceMs: z.number(),
    firstLook: z.boolean(),
  }),
  environment: pairEnvironmentSchema,
  handle: async (
    { pair: pairName, brokers, sinceMs, firstLook, run },
    { runtime, environment, nowMs, logDecision },
  ) => {
    await renewLock(runtime, environment, findPair(environment.PAIRS, pairName), run);
    const { canary: settings, brokerDomains } = findPair(environment.PAIRS, pairName);
    const ports = pairPorts(runtime, environment);
    const canary =
      settings === undefined
        ? 'not configured'
        : await (firstLook ? sendCanary : takeCanaries)(runtime, await ports.brokers.describe(brokers.primary), {
            ...settings,
            brokerDomains,
          });
    const gauges = await new ReplicationMetrics(runtime).read(
      [
        { ...brokers.primary, gauges: primaryGauges },
        { ...brokers.replica, gauges: replicaGauges },
      ],
      windowSeconds,
    );
    const { proven, evidence } = proveReplication(gauges, sinceMs, nowMs);
    logDecision('replication proof', { pair: pairName, proven, evidence, canary });
    // A canary that was sent must be taken off again at a later poll, also when the proof is there already.
    return { phase: proven && canary !== 'sent' ? 'proven' : 'waiting', evidence, canary };
  },
});
