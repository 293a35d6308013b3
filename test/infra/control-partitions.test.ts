import { describe, expect, it } from 'vitest';
import { functions } from '../../infra/catalogue.ts';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { functionPolicy } from '../../infra/grants/function-policy.ts';
import { scopeOf } from '../../infra/grants/scope.ts';
import { isAllowed } from '../support/infra/iam.ts';

const scope = scopeOf(parseDeployment(exampleConfig), 'us-east-1');
const table = `arn:aws:dynamodb:us-east-1:${scope.accountId}:table/mq-dr-control`;
const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'] as const;

/** Whether a function may write to a partition of the Control table; no partition for a request that names none. */
const mayWrite = (spec: (typeof functions)[number], partitions: readonly string[]): boolean =>
  writes.some((operation) =>
    isAllowed(functionPolicy(spec, scope, { inNetwork: false, calledByRules: false }), {
      action: `dynamodb:${operation}`,
      resource: table,
      context: { 'dynamodb:LeadingKeys': partitions },
    }),
  );

describe('what functions may write to the Control table', () => {
  it.each([
    ['freezes of everything', ['GLOBAL']],
    ['a pair of another deployment', ['PAIR#billing']],
    ['a pair of another deployment, in addition to its own', ['PAIR#orders', 'PAIR#billing']],
    ['whatever a request without a partition means', []],
  ])('is never %s', (_what, partitions) => {
    expect(functions.filter((spec) => mayWrite(spec, partitions)).map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['approvals', 'APPROVALS#orders', ['request-approval']],
    [
      'the lease of a watch',
      'WATCH#orders',
      ['receive-event', 'evaluate-signals', 'take-watch', 'release-watch', 'settle-run'],
    ],
    [
      'a cluster',
      'CLUSTER#events',
      ['apply-policy-change', 'observe-policy-change', 'record-drift', 'release-cluster', 'settle-run'],
    ],
  ])('is %s for those that it belongs to', (_what, partition, names) => {
    const found = functions.filter((spec) => mayWrite(spec, [partition])).map(({ name }) => name);
    expect(found.toSorted()).toEqual(names.toSorted());
  });
});
