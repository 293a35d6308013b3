import { describe, expect, it } from 'vitest';
import { ofType, synthesise, type Template } from '../support/infra/synthesised.ts';

const template = synthesise().template('MqDrState');

const table = (name: string) => {
  const found = ofType(template, 'AWS::DynamoDB::GlobalTable').find(({ Properties }) => Properties.TableName === name);
  if (found === undefined) throw new TypeError(`no table ${name}`);
  return found;
};

interface Replica {
  readonly Region: string;
  readonly DeletionProtectionEnabled?: boolean;
  readonly PointInTimeRecoverySpecification?: { readonly PointInTimeRecoveryEnabled: boolean };
}

const replicasOf = (name: string): readonly Replica[] => table(name).Properties.Replicas as readonly Replica[];
const regionsIn = (name: string): readonly string[] =>
  replicasOf(name)
    .map(({ Region }) => Region)
    .toSorted();

describe('the stack of the tables', () => {
  it('holds both tables, under the names that everybody knows, and nothing else', () => {
    const types = Object.values((template as Template).Resources).map(({ Type }) => Type);
    expect(types).toEqual(['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::GlobalTable']);
    expect(table('mq-dr-control').DeletionPolicy).toBe('Retain');
    expect(table('mq-dr-processed-messages').DeletionPolicy).toBe('Retain');
  });

  it('makes Control strongly consistent in three Regions of one set, without a time to live', () => {
    expect(table('mq-dr-control').Properties).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    expect(table('mq-dr-control').Properties).not.toHaveProperty('TimeToLiveSpecification');
    expect(regionsIn('mq-dr-control')).toEqual(['us-east-1', 'us-east-2', 'us-west-2']);
  });

  it('makes the ledger eventually consistent in the pairs’ Regions, with a time to live', () => {
    expect(table('mq-dr-processed-messages').Properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(table('mq-dr-processed-messages').Properties).not.toHaveProperty('MultiRegionConsistency', 'STRONG');
    expect(regionsIn('mq-dr-processed-messages')).toEqual(['us-east-1', 'us-west-2']);
  });

  it.each(['mq-dr-control', 'mq-dr-processed-messages'])('keeps every replica of %s from being lost', (name) => {
    for (const replica of replicasOf(name)) {
      expect(replica.DeletionProtectionEnabled, replica.Region).toBe(true);
      expect(replica.PointInTimeRecoverySpecification, replica.Region).toEqual({ PointInTimeRecoveryEnabled: true });
    }
  });
});
