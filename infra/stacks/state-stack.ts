import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, MultiRegionConsistency, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { controlTableName, ledgerTableName, ledgerTimeToLiveAttribute } from '../names.ts';

export interface StateStackProps extends StackProps {
  /** Regions of the Control table's three replicas, the stack's own included. */
  readonly controlRegions: readonly string[];
  /** Regions whose consumers write to the ledger. */
  readonly ledgerRegions: readonly string[];
}

const keys = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
} as const;

/** What both tables share. */
const safety = {
  billing: Billing.onDemand(),
  // The key of the service: reading the tables in an outage must not need KMS as well.
  encryption: TableEncryptionV2.dynamoOwnedKey(),
  deletionProtection: true,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: RemovalPolicy.RETAIN,
} as const;

/**
 * The two tables. This stack is needed to change them and never to use them: everybody knows their names. See
 * docs/adr/0017-two-tables.md.
 */
export class StateStack extends Stack {
  constructor(scope: Construct, id: string, { controlRegions, ledgerRegions, ...props }: StateStackProps) {
    super(scope, id, props);
    const elsewhere = (regions: readonly string[]) =>
      regions.filter((region) => region !== this.region).map((region) => ({ region }));
    new TableV2(this, 'Control', {
      ...safety,
      ...keys,
      tableName: controlTableName,
      multiRegionConsistency: MultiRegionConsistency.STRONG,
      replicas: elsewhere(controlRegions),
    });
    new TableV2(this, 'ProcessedMessages', {
      ...safety,
      ...keys,
      tableName: ledgerTableName,
      timeToLiveAttribute: ledgerTimeToLiveAttribute,
      replicas: elsewhere(ledgerRegions),
    });
  }
}
