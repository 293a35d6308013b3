import { operationOf } from '../baseline/call-sites.ts';
import type { Disturbance } from '../baseline/play.ts';
import { StateTracker } from '../baseline/state-tracker.ts';
import type { ProvenMachine } from '../static/load-machines.ts';

/** A handler that dies at one call. */
export interface Kill {
  readonly state: string;
  readonly operation: string;
  /** 1 for the state's first call of this operation. */
  readonly occurrence: number;
  readonly when: 'before' | 'after';
  /**
   * `once`: later tries run · `spent`: every later try of the same visit dies at its first call, until the state's
   * retries are spent.
   */
  readonly tries: 'once' | 'spent';
}

/** Kills the handler of the first execution at one call. */
export const killing = (
  machine: ProvenMachine,
  kill: Kill,
): { readonly disturbance: Disturbance; struck(): boolean } => {
  const tracker = new StateTracker(machine);
  let seen = 0;
  let armed = true;
  let struckVisit: string | undefined;
  return {
    disturbance: {
      arm: (testbed) => {
        testbed.observe({ transition: (transition) => tracker.onTransition(transition) });
        testbed.aws.interceptCalls((attempt) => {
          const place = tracker.placeOf(attempt);
          if (!armed || place === undefined || place.state !== kill.state) return 'proceed';
          const visit = `${place.executionName} ${place.visit}`;
          if (struckVisit !== undefined)
            return kill.tries === 'spent' && visit === struckVisit ? 'kill-before' : 'proceed';
          if (operationOf(attempt) !== kill.operation) return 'proceed';
          seen += 1;
          if (seen !== kill.occurrence) return 'proceed';
          struckVisit = visit;
          return kill.when === 'before' ? 'kill-before' : 'kill-after';
        });
      },
      disarm: () => {
        armed = false;
      },
    },
    struck: () => struckVisit !== undefined,
  };
};
