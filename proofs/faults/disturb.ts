import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import { TaskFailure } from '../../simulator/engine/ports.ts';
import { fits } from '../../simulator/world/fault-board.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import type { Stub } from '../baseline/baseline.ts';
import type { Disturbance } from '../baseline/play.ts';
import { childOf, functionOf } from '../static/called.ts';
import type { ProvenMachine } from '../static/load-machines.ts';
import { type CallFaultKind, faultsOf } from './fault-kinds.ts';

/** What Lambda's integration says where the function itself makes no call that could fail. */
const ofIntegration: Partial<Readonly<Record<CallFaultKind, string>>> = {
  throttled: 'Lambda.TooManyRequestsException',
  '500': 'Lambda.ServiceException',
  timeout: 'Sandbox.Timedout',
  'connection reset': 'Lambda.SdkClientException',
  'access denied': 'AccessDenied',
  'not found': 'NotFound',
  '400 wrong state': 'RequestRejected',
  'malformed answer': 'UnexpectedAnswer',
};

/** What a state without calls sees instead of its function. */
export const stubFor = (fault: CallFaultKind): Stub | undefined => {
  const name = ofIntegration[fault];
  return name === undefined ? undefined : new TaskFailure(name, 'injected by the proof');
};

/** Names of the actors that work for a state: its function, or the run that it starts. */
const callersOf = (machine: ProvenMachine, state: string): string => {
  const placed = allStates(machine.definition).find(({ name }) => name === state)?.state;
  const child = placed === undefined ? undefined : childOf(placed);
  const functionName = placed === undefined ? undefined : functionOf(placed);
  return child === undefined ? `${machine.name} *: ${functionName}*` : `${child} *: *`;
};

/** Faults that some states do not notice: nothing is stale yet, the other Region is not asked, a slow answer comes. */
const alwaysMet = (fault: CallFaultKind): boolean => !['slow answer', 'Region dark', 'stale read'].includes(fault);

/**
 * Lets the calls of one state of the first execution fail, in every visit and every try. A Region that goes dark stays
 * dark until the run has ended.
 */
export const disturbing = (
  machine: ProvenMachine,
  state: string,
  fault: CallFaultKind,
): { readonly disturbance: Disturbance; struck(): boolean } => {
  const callers = callersOf(machine, state);
  let entered = false;
  let met = 0;
  let running: string[] = [];
  let armed = true;
  const start = ({ aws }: Testbed, region: string): void => {
    entered = true;
    if (running.length > 0) return;
    const other = region === east ? west : east;
    running = faultsOf(fault, callers, other).map((input) => aws.faults.start(input));
  };
  const stop = ({ aws }: Testbed): void => {
    for (const id of running) aws.faults.stop(id);
    running = [];
  };
  return {
    disturbance: {
      arm: (testbed) => {
        let first: string | undefined;
        testbed.aws.onApiCall(({ caller, outcome }) => {
          if (running.length > 0 && outcome !== 'ok' && fits(callers, caller)) met += 1;
        });
        testbed.observe({
          transition: ({ machineName, stateName, kind, executionArn, region }) => {
            if (!armed || machineName !== machine.name || stateName !== state) return;
            first ??= executionArn;
            if (executionArn !== first) return;
            if (kind === 'entered') start(testbed, region);
            if (kind === 'exited' && fault !== 'Region dark') stop(testbed);
          },
        });
      },
      disarm: (testbed) => {
        armed = false;
        stop(testbed);
      },
    },
    struck: () => entered && (met > 0 || !alwaysMet(fault)),
  };
};
