import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { claimKey, partitionKey, processedKey } from '../../../functions/ledger/ledger-key.ts';
import type { DynamoDbLocalAccess } from '../../real/dynamodb/dynamodb-local.ts';
import { clientSettingsFor } from '../../real/dynamodb/ledger-tables.ts';
import { idOf, scene } from './backlog.ts';
import { chunksOf } from './chunks.ts';
import { type Measured, measured } from './measured.ts';

const keysPerBatch = 100;

/** Batches on their way at once in each Region: as many as the scan's eight lookups of 100 messages make. */
const batchesAtOnce = 16;

/** Batches of the keys that a scan asks one Region for: two of each message. */
const batchesFor = (region: string, messages: number) => {
  const keys = Array.from({ length: messages }, (_, number) => {
    const pk = partitionKey({ pair: scene.pair, destination: scene.queue, id: idOf(number) });
    return [processedKey(pk, region), claimKey(pk, region)];
  })
    .flat()
    .map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
  return chunksOf(keys, keysPerBatch);
};

/**
 * Looks up the keys that a scan looks up, in both Regions side by side, with nothing around the calls.
 *
 * @returns the number of items that were found
 */
export const lookUpBare = async (access: DynamoDbLocalAccess, messages: number): Promise<Measured<number>> => {
  const work = [scene.region, scene.otherRegion].map((region) => ({
    client: new DynamoDBClient(clientSettingsFor(access, region)),
    batches: batchesFor(region, messages).values(),
  }));
  let found = 0;
  const worker = async ({ client, batches }: (typeof work)[number]): Promise<void> => {
    for (const Keys of batches) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [scene.table]: { Keys, ConsistentRead: true } } }),
      );
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error('DynamoDB Local left keys unread');
      found += Responses?.[scene.table]?.length ?? 0;
    }
  };
  const looked = await measured(() =>
    Promise.all(work.flatMap((regional) => Array.from({ length: batchesAtOnce }, () => worker(regional)))),
  );
  for (const { client } of work) client.destroy();
  return { seconds: looked.seconds, result: found };
};
