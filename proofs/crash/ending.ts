import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { allStates } from '../../simulator/engine/definition/state-graphs.ts';
import type { Testbed, WorkflowEnd } from '../../testbed/testbed.ts';
import type { Disturbance } from '../baseline/play.ts';
import { functionOf } from '../static/called.ts';
import type { ProvenMachine } from '../static/load-machines.ts';

/** How an execution may end without a Catch of its own. */
export type HardEnd = 'stopped' | 'timed out';

/** Time that a call of the state takes, so that the end comes in the middle of one; in milliseconds. */
const callMs = 3_000;
/** The end comes so long after the state was entered, in milliseconds. */
const endAfterMs = 1_000;

/** Ends the first execution from outside in the middle of a call of a state's first visit; the function runs on by itself. */
export const ending = (
  machine: ProvenMachine,
  state: string,
  how: HardEnd,
): { readonly disturbance: Disturbance; struck(): boolean } => {
  let struck = false;
  const placed = allStates(machine.definition).find(({ name }) => name === state);
  const functionName = placed === undefined ? undefined : functionOf(placed.state);
  const arm = (testbed: Testbed): void => {
    testbed.observe({
      transition: ({ machineName, stateName, kind, executionArn }) => {
        if (struck || kind !== 'entered' || machineName !== machine.name || stateName !== state) return;
        struck = true;
        const slow = {
          id: 'slow',
          kind: 'slow-answer',
          delayMs: callMs,
          caller: `${machine.name} *: ${functionName}*`,
        } as const;
        testbed.aws.faults.start(slow);
        testbed.clock.spawn(how, async () => {
          await testbed.clock.sleepMs(endAfterMs);
          if (how === 'stopped') await testbed.stop(executionArn);
          else testbed.engine.expire(executionArn);
        });
      },
    });
  };
  return {
    disturbance: {
      arm,
      disarm: (testbed) => {
        if (testbed.aws.faults.active('slow-answer').length > 0) testbed.aws.faults.stop('slow');
      },
    },
    struck: () => struck,
  };
};

/** Redrives the first execution once it has ended; a Fail state must fail again. */
export const redriving = (): {
  readonly disturbance: Disturbance;
  struck(): boolean;
  redriven(): { readonly status: string; readonly error: string | undefined } | undefined;
} => {
  let redriven: { readonly status: string; readonly error: string | undefined } | undefined;
  const afterEnd = async (testbed: Testbed, { executionArn }: WorkflowEnd): Promise<void> => {
    const region = executionArn.split(':')[3] ?? '';
    await testbed.client(SFNClient, region).send(new RedriveExecutionCommand({ executionArn }));
    const { status, error } = await testbed.end(executionArn);
    redriven = { status, error };
  };
  return { disturbance: { arm: () => {}, afterEnd }, struck: () => redriven !== undefined, redriven: () => redriven };
};
