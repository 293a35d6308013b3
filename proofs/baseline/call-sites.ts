import type { ProvenMachine } from '../static/load-machines.ts';
import type { Disturbance } from './play.ts';
import { StateTracker } from './state-tracker.ts';

/** A call that a state's function makes in the first execution of a baseline run. */
export interface CallSite {
  readonly state: string;
  /** `mq:Promote`. */
  readonly operation: string;
  /** How often the state makes the call in all its visits. */
  readonly count: number;
}

/** Records the call sites of the first execution, and disturbs nothing. */
export const recordSites = (
  machine: ProvenMachine,
): { readonly disturbance: Disturbance; sites(): readonly CallSite[] } => {
  const tracker = new StateTracker(machine);
  const counts = new Map<string, CallSite>();
  let armed = true;
  return {
    disturbance: {
      arm: (testbed) => {
        testbed.observe({ transition: (transition) => tracker.onTransition(transition) });
        testbed.aws.interceptCalls((attempt) => {
          const place = tracker.placeOf(attempt);
          if (!armed || place === undefined) return 'proceed';
          const operation = operationOf(attempt);
          const key = `${place.state} ${operation}`;
          const { count } = counts.get(key) ?? { count: 0 };
          counts.set(key, { state: place.state, operation, count: count + 1 });
          return 'proceed';
        });
      },
      disarm: () => {
        armed = false;
      },
    },
    sites: () => [...counts.values()],
  };
};

/** `service:operation`; of the management API's calls the method and the collection, without names of queues and policies. */
export const operationOf = ({ service, operation }: { readonly service: string; readonly operation: string }): string =>
  `${service}:${operation}`;
