import * as z from 'zod/mini';
import { Executions } from '../aws/executions.ts';
import { composeHandler } from '../runtime/compose.ts';
import { clusterEnvironmentSchema } from '../runtime/environment/cluster-environment.ts';
import { machinesEnvironmentSchema } from '../runtime/environment/machines-environment.ts';
import { startDriftRuns } from './start-drift-runs.ts';

/** Target of every rule that concerns RabbitMQ clusters: an event comes in, policy-drift starts. Events may come twice. */
export const handler = composeHandler({
  name: 'receive-drift-event',
  input: z.record(z.string(), z.unknown()),
  environment: z.extend(clusterEnvironmentSchema, machinesEnvironmentSchema.shape),
  handle: async (event, { runtime, environment, region, logDecision }) => {
    const executions = new Executions(runtime);
    const reaction = await startDriftRuns(event, {
      clusters: environment.CLUSTERS.filter(({ broker }) => broker.region === region),
      machineArn: environment.MACHINES['policy-drift'],
      start: (machineArn, name, input) => executions.start(machineArn, name, input),
    });
    logDecision('drift event received', { detailType: event['detail-type'], ...reaction });
    return reaction;
  },
});
