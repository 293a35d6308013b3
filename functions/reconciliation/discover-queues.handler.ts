import * as z from 'zod/mini';
import { findPair } from '../brokers/find-pair.ts';
import { renewLock } from '../control/renew-lock.ts';
import { composeHandler } from '../runtime/compose.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { reportStore } from './adapters/object-store.ts';
import { listQueues } from './adapters/queue-metrics.ts';
import { brokerQueues } from './adapters/reconciliation-ports.ts';
import { discoverQueues } from './discover-queues.ts';
import { RunDocuments } from './run-documents.ts';
import { stepInput } from './step-input.ts';

/** Finds the queues of the run and keeps their list; reads only what the broker shows. */
export const handler = composeHandler({
  name: 'discover-queues',
  input: z.strictObject({ ...stepInput, queues: z.nullable(z.array(z.string())) }),
  environment: reconciliationEnvironmentSchema,
  handle: async ({ pair: pairName, execution, run, queues: asked }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    await renewLock(runtime, environment, pair, run);
    const { config, readCounts, broker } = await brokerQueues(runtime, environment, { pair, region });
    const found = await discoverQueues(config, asked ?? undefined, pair.canary?.queue, {
      readCounts,
      listQueues: () => listQueues(runtime, region, broker.brokerName),
    });
    await new RunDocuments(reportStore(runtime, environment, region), pair.name, execution).putQueues(found.queues);
    const { queues, ...rest } = found;
    logDecision('queues discovered', { pair: pair.name, queues: queues.length, ...rest });
    return {
      outcome: found.blockers.length > 0 ? 'refused' : 'found',
      queues: queues.length,
      ...rest,
      warnings: [],
    };
  },
});
