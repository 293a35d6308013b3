import type { ClusterConfig } from '../config/cluster-config.ts';
import { NotFound } from '../runtime/errors.ts';
import { driftTrigger } from './drift-trigger.ts';

/** What starting runs needs. */
export interface StartPorts {
  /** The clusters of this Region. */
  readonly clusters: readonly Pick<ClusterConfig, 'name' | 'broker'>[];
  /** ARN of policy-drift in this Region; undefined when it is not deployed. */
  readonly machineArn: string | undefined;
  /** `exists`: an execution of this name was started before. */
  start(machineArn: string, name: string, input: unknown): Promise<'started' | 'exists'>;
}

/** The outcome of an event. */
export interface DriftReaction {
  readonly runs: readonly { readonly cluster: string; readonly name: string; readonly outcome: 'started' | 'exists' }[];
  /** Why no run was asked for. */
  readonly ignored?: string;
}

/**
 * Starts the runs that an event asks for; the same event again starts nothing new. A cluster whose run cannot be started
 * does not keep the others from theirs.
 *
 * @throws InvalidInput as `driftTrigger`; NotFound when policy-drift is not deployed; the first error of `start`, after
 * all clusters had their turn: EventBridge then hands the event over again
 */
export const startDriftRuns = async (event: unknown, ports: StartPorts): Promise<DriftReaction> => {
  const decision = driftTrigger(event, ports.clusters);
  if ('ignored' in decision) return { runs: [], ignored: decision.ignored };
  const { machineArn } = ports;
  if (machineArn === undefined) throw new NotFound('MACHINES does not name policy-drift; deploy it in this Region', {});
  const runs: DriftReaction['runs'][number][] = [];
  const failures: unknown[] = [];
  for (const { executionName: name, input } of decision.starts) {
    try {
      runs.push({ cluster: input.cluster, name, outcome: await ports.start(machineArn, name, input) });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { runs };
};
