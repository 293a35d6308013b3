import * as z from 'zod';
import { sendCanary } from '../shared/adapters/amqp-canary.ts';
import { pairPorts } from '../shared/adapters/pair-ports.ts';
import { ReplicationMetrics } from '../shared/adapters/replication-metrics.ts';
import { composeHandler, runSchema } from '../shared/compose.ts';
import { pairEnvironmentSchema } from '../shared/environment.ts';
import { findPair } from '../shared/find-pair.ts';
import { primaryGauges, replicaGauges } from '../shared/replication-gauges.ts';
import { pairAddressesSchema } from './addresses.ts';
import { proveReplication } from './replication-proof.ts';

/** Points of the last ten minutes: what is older proves nothing, and the proof's own limit is stricter. */
const windowSeconds = 600;

/**
 * Looks once whether replication runs in the given direction. At the first look it sends a canary through the primary,
 * where one is configured, so that even an idle pair has an event to carry.
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
  handle: async ({ pair: pairName, brokers, sinceMs, firstLook }, { runtime, environment, nowMs, logDecision }) => {
    const { canary: settings } = findPair(environment.PAIRS, pairName);
    const ports = pairPorts(runtime, environment);
    const canary =
      settings === undefined || !firstLook
        ? 'not sent'
        : await sendCanary(runtime, await ports.brokers.describe(brokers.primary), settings);
    const gauges = await new ReplicationMetrics(runtime).read(
      [
        { ...brokers.primary, gauges: primaryGauges },
        { ...brokers.replica, gauges: replicaGauges },
      ],
      windowSeconds,
    );
    const { proven, evidence } = proveReplication(gauges, sinceMs, nowMs);
    logDecision('replication proof', { pair: pairName, proven, evidence, canary });
    return { phase: proven ? 'proven' : 'waiting', evidence, canary };
  },
});
