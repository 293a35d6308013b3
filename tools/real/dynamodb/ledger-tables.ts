import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { clientTimeouts } from '../../../functions/runtime/runtime.ts';
import type { DynamoDbLocalAccess } from './dynamodb-local.ts';

/**
 * Settings of a client as a function has it: it repeats nothing, and every call has its time.
 *
 * @param access where, and as whom
 */
export const clientSettingsFor = (access: DynamoDbLocalAccess, region: string): DynamoDBClientConfig => ({
  ...access,
  region,
  maxAttempts: 1,
  requestHandler: clientTimeouts,
});

/** Creates a ledger's table in each Region: replicas of one another, but nothing replicates here. */
export const createLedgerTables = async (
  access: DynamoDbLocalAccess,
  tableName: string,
  regions: readonly string[],
): Promise<void> => {
  for (const region of regions) {
    const client = new DynamoDBClient(clientSettingsFor(access, region));
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
    client.destroy();
  }
};
