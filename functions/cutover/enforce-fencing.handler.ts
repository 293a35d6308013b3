import * as z from 'zod/mini';
import { customerHookCaller } from '../aws/call-customer-hook.ts';
import { type Notification, notify } from '../aws/notifications.ts';
import { MqBrokers } from '../brokers/mq-brokers.ts';
import { sidesOf } from '../brokers/pair-sides.ts';
import { ReplicationMetrics } from '../brokers/replication-metrics.ts';
import type { PairConfig } from '../config/pair-config.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { DrError } from '../runtime/errors.ts';
import { cutoverPorts } from './adapters/cutover-ports.ts';
import { type Enforcement, enforceFencing } from './enforce-fencing.ts';

/**
 * Each minute in each Region: carries out the fences that belong in front of brokers of this Region, and lifts those that
 * do not. What goes wrong with one pair is reported with the others' outcomes and tried again a minute later.
 */
export const handler = composeHandler({
  name: 'enforce-fencing',
  input: z.strictObject({}),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async (_input, { runtime, environment, region, logDecision }) => {
    const enforce = async (pair: PairConfig): Promise<readonly [string, string]> => {
      const shared = cutoverPorts(runtime, environment, pair);
      const ports = {
        ...shared,
        brokers: new MqBrokers(runtime),
        otherRegion: async () => (await sidesOf(pair, region, shared.control)).there.region,
        metrics: new ReplicationMetrics(runtime),
        callCustomerHook: customerHookCaller(runtime),
        page: (notification: Notification) => notify(runtime, environment.TOPIC_ARN, notification),
      };
      let result: Enforcement | { readonly outcome: 'failed'; readonly detail: string };
      try {
        result = await enforceFencing(pair, region, ports);
      } catch (error) {
        if (!(error instanceof DrError)) throw error;
        result = { outcome: 'failed', detail: `${error.name}: ${error.message}` };
      }
      if (result.outcome !== 'not-wanted') logDecision('fencing enforced', { pair: pair.name, region, ...result });
      return [pair.name, result.outcome];
    };
    const outcomes = await runtime.clock.concurrently<(readonly [string, string])[]>(
      environment.PAIRS.map((pair) => () => enforce(pair)),
    );
    return { outcome: 'enforced' as const, pairs: outcomes.length, evidence: Object.fromEntries(outcomes) };
  },
});
