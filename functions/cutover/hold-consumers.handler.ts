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

/** How the step's outcome reads before a promotion: what cannot be held refuses it. */
const outcomes = {
  live: 'live',
  done: 'held',
  pending: 'pending',
  'not-configured': 'not-configured',
  failed: 'refused',
  frozen: 'refused',
} as const;

/** Before a promotion: lets the consumers of this Region stand still, and says so only once it has been read back. */
export const handler = composeHandler({
  name: 'hold-consumers',
  input: z.strictObject({ ...cutoverInput, dryRun: z._default(z.boolean(), false) }),
  environment: pairEnvironmentSchema,
  handle: async (input, { runtime, environment, region, logDecision }) => {
    const { epoch, dryRun, run } = input;
    const pair = findPair(environment.PAIRS, input.pair);
    const ports = {
      ...cutoverRunPorts(runtime, environment, pair, run),
      mappings: new EventSourceMappings(runtime, region),
      callCustomerHook: customerHookCaller(runtime),
      record: holdRecord(runtime, environment, { pair: pair.name, region }, run),
    };
    const request = { pair, region, epoch, dryRun, run };
    const moved = await moveConsumers('hold', request, ports);
    const wouldWrite = moved.plannedWrites.length > 0 && moved.outcome === 'done';
    const result = { ...moved, outcome: wouldWrite ? ('dry-run' as const) : outcomes[moved.outcome] };
    logDecision('consumers held', { pair: pair.name, ...result });
    return result;
  },
});
