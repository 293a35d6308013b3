import * as z from 'zod/mini';
import { probeLayers } from '../brokers/broker-endpoints.ts';
import { findMembersIfPaired } from '../brokers/find-pair.ts';
import { sidesIn } from '../brokers/pair-sides.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { saysServing } from '../control/heartbeat.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { errorFields } from '../runtime/log.ts';
import { metricFields } from '../runtime/metric-fields.ts';
import { takeHeartbeat } from './take-heartbeat.ts';

/** The outcome of one pair's heartbeat; a pair without a broker in this Region has none. */
type Beat = { readonly pair: string } & (
  | { readonly outcome: 'written' | 'not-here' }
  | { readonly outcome: 'failed'; readonly error: unknown }
);

/**
 * Runs once a minute in each Region: writes what the Region sees of its own brokers. A pair that fails does not stop
 * the others; the run fails when all of them do.
 */
export const handler = composeHandler({
  name: 'write-heartbeat',
  input: z.strictObject({}),
  environment: pairEnvironmentSchema,
  handle: async (_input, { runtime, environment, region, logDecision }) => {
    const ports = { ...replicationPorts(runtime, environment), probe: probeLayers.bind(undefined, runtime) };
    const beat = async (pair: (typeof environment.PAIRS)[number]): Promise<Beat> => {
      try {
        const members = await findMembersIfPaired(pair, ports.control);
        const broker = members && sidesIn(members, region)?.here;
        if (broker === undefined) return { pair: pair.name, outcome: 'not-here' };
        const { heartbeat: previous, serviceAtMs } = await ports.heartbeats.readWithTime(pair.name, region);
        const clockSkewMs = serviceAtMs === undefined ? undefined : runtime.clock.nowMs() - serviceAtMs;
        const heartbeat = await takeHeartbeat(broker, { previous, clockSkewMs }, ports);
        await ports.heartbeats.write(pair.name, heartbeat);
        const values = { Primary: heartbeat.role === 'primary' ? 1 : 0, Serving: saysServing(heartbeat) ? 1 : 0 };
        const dimensions = { Pair: pair.name };
        logDecision('heartbeat written', {
          pair: pair.name,
          ...heartbeat,
          ...metricFields({ atMs: heartbeat.atMs, dimensions, values }),
        });
        return { pair: pair.name, outcome: 'written' };
      } catch (error) {
        runtime.log.error('heartbeat failed', { pair: pair.name, ...errorFields(error) });
        return { pair: pair.name, outcome: 'failed', error };
      }
    };
    const beats = await runtime.clock.concurrently<Beat[]>(environment.PAIRS.map((pair) => () => beat(pair)));
    const failures = beats.filter((each) => each.outcome === 'failed');
    const written = beats.filter((each) => each.outcome === 'written').length;
    const [first] = failures;
    if (first !== undefined && written === 0) throw first.error;
    return { written, failed: failures.map(({ pair }) => pair) };
  },
});
