import { checkMachine, machineContextOf } from '../../../../proofs/static/check-machine.ts';
import type { ProvenMachine } from '../../../../proofs/static/load-machines.ts';
import type { Violation } from '../../../../proofs/static/violation.ts';
import { parseDefinition } from '../../../../simulator/engine/definition/parse-definition.ts';
import type { Json, JsonObject } from '../../../../simulator/engine/expression/json.ts';
import { functionArn } from '../../../../testbed/lambda.ts';

/** Everything that every Task of a sound definition has. */
export const task = (functionName: string, next: string, more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: functionArn('123456789012', 'us-east-1', functionName), Payload: {} },
  TimeoutSeconds: 30,
  Retry: [
    {
      ErrorEquals: [
        'ServiceUnavailable',
        'OutcomeUnknown',
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.TooManyRequestsException',
        'Lambda.Unknown',
        'Sandbox.Timedout',
        'States.Timeout',
      ],
      IntervalSeconds: 5,
      MaxAttempts: 5,
    },
  ],
  Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput %}' }, Next: 'Report' }],
  Next: next,
  ...more,
});

const ending: JsonObject = {
  Report: task('report-failure', 'Release', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Release' }] }),
  Release: task('release-lock', 'Failed', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] }),
  Failed: { Type: 'Fail', Error: '{% $failure.Error %}', Cause: '{% $failure.Cause %}' },
};

/** An assessment and a lock in front of a promotion: as short as a sound workflow can be. */
export const soundStates: JsonObject = {
  Assess: task('assess-unpair', 'Gate', { Assign: { assessment: '{% $states.result.Payload %}' } }),
  Gate: {
    Type: 'Choice',
    Choices: [{ Condition: "{% $assessment.verdict = 'refused' %}", Next: 'Refused' }],
    Default: 'Lock',
  },
  Lock: task('acquire-lock', 'Unpair', {
    Catch: [
      { ErrorEquals: ['LockHeld'], Assign: { holder: '{% $states.errorOutput.Cause %}' }, Next: 'Refused' },
      { ErrorEquals: ['States.ALL'], Assign: { failure: '{% $states.errorOutput %}' }, Next: 'Report' },
    ],
  }),
  Unpair: task('unpair-primary', 'Unpaired', { Assign: { unpaired: '{% $states.result.Payload %}' } }),
  Unpaired: {
    Type: 'Choice',
    Choices: [
      { Condition: "{% $unpaired.outcome = 'refused' %}", Assign: { ending: 'Refused' }, Next: 'GiveBack' },
      { Condition: "{% $unpaired.outcome = 'dry-run' %}", Assign: { ending: 'DryRun' }, Next: 'GiveBack' },
    ],
    Default: 'GiveBack',
    Assign: { ending: 'Unpaired' },
  },
  GiveBack: task('release-lock', 'End', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }] }),
  End: {
    Type: 'Choice',
    Choices: [
      { Condition: "{% $ending = 'Unpaired' %}", Next: 'Done' },
      { Condition: "{% $ending = 'DryRun' %}", Next: 'DryRun' },
    ],
    Default: 'Refused',
  },
  Done: { Type: 'Succeed', Output: { outcome: 'Unpaired' } },
  DryRun: { Type: 'Succeed', Output: { outcome: 'DryRun' } },
  Refused: { Type: 'Succeed', Output: { outcome: 'Refused' } },
  ...ending,
};

/** A machine with these states; what is `null` is left out of the sound ones. */
export const machineWith = (changes: Readonly<Record<string, Json>>, more: JsonObject = {}): ProvenMachine => {
  const states = { ...soundStates, ...changes };
  const kept = Object.fromEntries(Object.entries(states).filter(([, state]) => state !== null));
  const definition = { QueryLanguage: 'JSONata', StartAt: 'Assess', TimeoutSeconds: 3_600, States: kept, ...more };
  return { name: 'small', definition: parseDefinition(definition) };
};

/** What the rules say about a machine. */
export const violationsOf = (machine: ProvenMachine): readonly Violation[] =>
  checkMachine(machine, machineContextOf([machine])).violations;
