import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { partitionKey } from '../../functions/ledger/ledger-key.ts';
import { ledgerTable } from '../../testbed/stage.ts';
import type { RehearsalStage } from './rehearsal-stage.ts';

/** Longer than every rehearsal, as seconds since the Unix epoch. */
const expiresAtSeconds = '4102444800';

/** Enters messages of a queue in the ledger as processed in a Region, as a consumer there would have. */
export const enterLedger = async (
  { stage }: RehearsalStage,
  region: string,
  queue: string,
  ids: readonly string[],
): Promise<void> => {
  const client = new DynamoDBClient({ ...stage.aws.clientSettings(), region, maxAttempts: 1 });
  for (const id of ids) {
    const Item = {
      pk: { S: partitionKey({ pair: 'orders', destination: queue, id: `ID:${id}` }) },
      sk: { S: `P#${region}` },
      owner: { S: 'a consumer' },
      by: { S: 'a consumer' },
      atMs: { N: String(stage.clock.nowMs()) },
      expiresAt: { N: expiresAtSeconds },
    };
    await client.send(new PutItemCommand({ TableName: ledgerTable, Item }));
  }
};
