import { functionsOf, machinesOf } from '../definition.ts';
import { arnOf, functionArnOf, machineArnOf, type Place } from '../names.ts';
import type { Policy, Wildcard } from './function-policy.ts';
import type { Statement } from './statements.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
] as const;

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const traces = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
] as const;

/**
 * Starting a child and waiting for its end needs a rule that the service manages:
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 */
const childStatements = (children: readonly string[], place: Place): readonly Statement[] =>
  children.length === 0
    ? []
    : [
        {
          Sid: 'StartChildren',
          Effect: 'Allow',
          Action: ['states:StartExecution'],
          Resource: children.map((name) => machineArnOf(place, name)),
        },
        {
          Sid: 'FollowChildren',
          Effect: 'Allow',
          Action: ['states:DescribeExecution', 'states:StopExecution'],
          Resource: children.map((name) => arnOf(place, 'states', `execution:${name}:*`)),
        },
        {
          Sid: 'HearOfChildren',
          Effect: 'Allow',
          Action: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
          Resource: [arnOf(place, 'events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule')],
        },
      ];

/** The whole inline policy of a state machine's role: what its definition names, and the service's own needs. */
export const machinePolicy = (
  definition: string,
  place: Place,
  functionNames: readonly string[],
  machineNames: readonly string[],
): Policy => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'CallFunctions',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: functionsOf(definition, functionNames).map((name) => functionArnOf(place, name)),
    },
    ...childStatements(machinesOf(definition, machineNames), place),
    { Sid: 'DeliverLogs', Effect: 'Allow', Action: logDelivery, Resource: ['*'] },
    { Sid: 'Trace', Effect: 'Allow', Action: traces, Resource: ['*'] },
  ],
});

/** Every resource with a wildcard in the policy of a state machine. */
export const machineWildcards = ({ Statement: statements }: Policy): readonly Wildcard[] =>
  [...new Set(statements.flatMap(({ Resource }) => Resource))]
    .filter((resource) => resource.includes('*'))
    .map((resource) => ({
      resource,
      reasons:
        resource === '*'
          ? ['log delivery and traces know no resources']
          : ['executions of a child get their names when they start'],
    }));
