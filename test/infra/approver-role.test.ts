import { describe, expect, it } from 'vitest';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { approverPolicy } from '../../infra/grants/approver-policy.ts';
import { scopeOf } from '../../infra/grants/scope.ts';
import type { ApiCall } from '../../simulator/api/api-call.ts';
import { type IamRequest, isAllowed } from '../support/infra/iam.ts';
import { mqDr, openApproval } from '../support/mq-dr.ts';
import { createTestbed } from '../support/testbed.ts';

const scope = scopeOf(parseDeployment(exampleConfig), 'us-east-1');
const policy = approverPolicy('orders', scope);
const table = `arn:aws:dynamodb:us-east-1:${scope.accountId}:table/mq-dr-control`;

type Attributes = Readonly<Record<string, { readonly S?: string }>>;

/**
 * What IAM is asked for a call to one item of a table: the partition key's value and every attribute that is named.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const requestOf = ({ operation, request }: Pick<ApiCall, 'operation' | 'request'>): IamRequest => {
  const members = request as {
    readonly Key?: Attributes;
    /** Of BatchGetItem, by table. */
    readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Attributes[] }>>;
    /** Of Query: the partition is the one value of its condition. */
    readonly ExpressionAttributeValues?: Attributes;
    readonly UpdateExpression?: string;
    readonly ConditionExpression?: string;
    readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
    readonly ReturnValues?: string;
  };
  const keys = [members.Key ?? [], Object.values(members.RequestItems ?? {}).map(({ Keys }) => Keys)].flat(2);
  const queried = operation === 'Query' ? Object.values(members.ExpressionAttributeValues ?? {}) : [];
  const partitions = [...keys.map(({ pk }) => pk), ...queried].flatMap((value) => value?.S ?? []);
  const expressions = `${members.UpdateExpression ?? ''} ${members.ConditionExpression ?? ''}`;
  const named = [...expressions.matchAll(/(?<![:#\w])[a-z]\w*/g)].map(([name]) => name);
  const attributes = [
    ...keys.flatMap((key) => Object.keys(key)),
    ...Object.values(members.ExpressionAttributeNames ?? {}),
    ...named,
  ];
  return {
    action: `dynamodb:${operation}`,
    resource: table,
    context: {
      'dynamodb:LeadingKeys': partitions,
      'dynamodb:Attributes': attributes,
      ...(members.ReturnValues !== undefined && { 'dynamodb:ReturnValues': members.ReturnValues }),
    },
  };
};

/** Calls to the table that a command makes which goes well. */
const callsOf = async (command: string): Promise<readonly ApiCall[]> => {
  const testbed = await createTestbed({ paired: true });
  const calls: ApiCall[] = [];
  await testbed.play(async () => {
    await openApproval(testbed);
    testbed.aws.onApiCall((call) => calls.push(call));
    expect(await mqDr(testbed, command)).toMatchObject({ exitCode: 0 });
  });
  return calls.filter(({ service }) => service === 'dynamodb');
};

const update = (pk: string, sk: string, attribute = 'status') => ({
  operation: 'UpdateItem',
  request: { Key: { pk: { S: pk }, sk: { S: sk } }, ExpressionAttributeNames: { '#name': attribute } },
});

describe('the role of an approver', () => {
  it.each([
    ['an answer', 'approve a1b2c3d4e5f6 --pair orders', ['GetItem', 'UpdateItem']],
    ['a look at the pair', 'status --pair orders', ['BatchGetItem', 'GetItem', 'Query']],
  ])('allows every call of %s', async (_what, command, operations) => {
    const calls = await callsOf(command);
    expect(calls.map(({ operation }) => operation)).toEqual(expect.arrayContaining(operations));
    expect(calls.filter((call) => !isAllowed(policy, requestOf(call)))).toEqual([]);
  });

  it.each([
    ['answer for another pair', update('APPROVALS#billing', 'APPROVAL#a1b2c3d4e5f6')],
    ['change what was asked', update('APPROVALS#orders', 'APPROVAL#a1b2c3d4e5f6', 'question')],
    ['settle an intent', update('PAIR#orders', 'INTENT#Promote')],
    ['take a lock', update('PAIR#orders', 'LOCK')],
    ['list the table', { operation: 'Scan', request: {} }],
    ['remove an approval', { ...update('APPROVALS#orders', 'APPROVAL#a1b2c3d4e5f6'), operation: 'DeleteItem' }],
  ])('does not allow to %s', (_what, call) => {
    expect(isAllowed(policy, requestOf(call))).toBe(false);
  });
});
