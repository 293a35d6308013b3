import * as z from 'zod/mini';
import { customerHookCaller } from '../aws/call-customer-hook.ts';
import { findPair } from '../brokers/find-pair.ts';
import { composeHandler } from '../runtime/compose.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { cutoverRunPorts } from './adapters/cutover-ports.ts';
import { EventSourceMappings } from './adapters/event-source-mappings.ts';
import { holdRecord } from './adapters/hold-record.ts';
import { cutoverInput } from './cutover-input.ts';
import { moveConsumers } from './move-consumers.ts';

const outcomes = {
  live: 'live',
  done: 'released',
  pending: 'pending',
  'not-configured': 'not-configured',
  failed: 'failed',
  frozen: 'refused',
} as const;

/** After a promotion, or instead of one: lets the consumers of this Region go on. */
export const handler = composeHandler({
  name: 'release-consumers',
  input: z.strictObject(cutoverInput),
  environment: pairEnvironmentSchema,
  handle: async (input, { runtime, environment, region, logDecision }) => {
    const { epoch, run } = input;
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = {
      ...cutoverRunPorts(runtime, environment, pair, run),
      mappings: new EventSourceMappings(runtime, region),
      callCustomerHook: customerHookCaller(runtime),
      record: holdRecord(runtime, environment, { pair: pair.name, region }, run),
    };
    const request = { pair, region, epoch, dryRun: false, run };
    const { plannedWrites: _none, ...moved } = await moveConsumers('release', request, ports);
    const result = { ...moved, outcome: outcomes[moved.outcome] };
    logDecision('consumers released', { pair: pair.name, ...result });
    return result;
  },
});
