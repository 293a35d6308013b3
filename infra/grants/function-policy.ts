import type { FunctionSpec } from '../function-spec.ts';
import { arnOf, failedQueueName, functionArnOf, functionNameOf } from '../names.ts';
import type { GrantScope } from './scope.ts';
import { type Statement, statementsOf } from './statements.ts';
import { targets } from './targets.ts';

/** A policy document. */
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** A resource with a wildcard, and why it is allowed. */
export interface Wildcard {
  readonly resource: string;
  readonly reasons: readonly string[];
}

/**
 * Interfaces that Lambda makes with the function's role:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
const networkActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
] as const;

const logArn = (spec: Pick<FunctionSpec, 'name'>, scope: GrantScope): string =>
  arnOf(scope, 'logs', `log-group:/aws/lambda/${functionNameOf(spec.name)}:*`);

/** How the function is run, as far as its role must allow it. */
export interface Platform {
  /** Whether it has network interfaces in the customer's network. */
  readonly inNetwork: boolean;
  /** Whether rules call it: Lambda puts an event on which it failed every time into a queue, by the function's role. */
  readonly calledByRules: boolean;
}

/** What the Lambda service does with the function's role, in addition to the function itself. */
const platformStatements = (
  spec: FunctionSpec,
  scope: GrantScope,
  { inNetwork, calledByRules }: Platform,
): readonly Statement[] => [
  {
    Sid: 'Log',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [logArn(spec, scope)],
  },
  {
    Sid: 'Trace',
    Effect: 'Allow',
    Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    Resource: ['*'],
  },
  ...(calledByRules
    ? ([
        {
          Sid: 'KeepFailedEvents',
          Effect: 'Allow',
          Action: ['sqs:SendMessage'],
          Resource: [arnOf(scope, 'sqs', failedQueueName)],
        },
      ] as const)
    : []),
  ...(inNetwork
    ? ([
        { Sid: 'NetworkInterfaces', Effect: 'Allow', Action: networkActions, Resource: ['*'] },
        {
          Sid: 'NetworkInterfacesForLambdaAlone',
          Effect: 'Deny',
          Action: networkActions,
          Resource: ['*'],
          Condition: { ArnEquals: { 'lambda:SourceFunctionArn': [functionArnOf(scope, spec.name)] } },
        },
      ] as const)
    : []),
];

/** The whole inline policy of a function's role. */
export const functionPolicy = (spec: FunctionSpec, scope: GrantScope, platform: Platform): Policy => ({
  Version: '2012-10-17',
  Statement: [...platformStatements(spec, scope, platform), ...statementsOf(spec.can, scope)],
});

/** Every resource with a wildcard in the policy of a function. */
export const wildcardsOf = (spec: FunctionSpec, scope: GrantScope, { inNetwork }: Platform): readonly Wildcard[] => {
  const reasons = new Map<string, string[]>([
    [logArn(spec, scope), ['streams of its own log get their names when they are made']],
    ['*', ['traces of X-Ray are no resources']],
  ]);
  if (inNetwork)
    reasons.get('*')?.push('Lambda makes its network interfaces with this role; the function itself is denied it');
  for (const target of new Set(spec.can.map((grant) => grant.on))) {
    const { resources, wildcard } = targets[target];
    for (const resource of resources(scope).filter((each) => each.includes('*'))) {
      if (wildcard === undefined)
        throw new TypeError(`target "${target}" has the wildcard ${resource} and no reason for it`);
      reasons.set(resource, [...(reasons.get(resource) ?? []), wildcard]);
    }
  }
  return [...reasons].map(([resource, texts]) => ({ resource, reasons: texts }));
};
