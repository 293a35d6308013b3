import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { processedAttributes } from '../../../functions/ledger/dynamodb/ledger-table-items.ts';
import { claimKey, partitionKey, processedKey } from '../../../functions/ledger/ledger-key.ts';
import type { DynamoDbLocalAccess } from '../../real/dynamodb/dynamodb-local.ts';
import { clientSettingsFor } from '../../real/dynamodb/ledger-tables.ts';
import { idOf, isProcessed, numbersTo, regionOf, scene } from './backlog.ts';
import { chunksOf } from './chunks.ts';

/** Items of one BatchWriteItem; https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const itemsPerWrite = 25;

/** Writes on their way at once in each Region; DynamoDB Local is no quicker with more. */
const writesAtOnce = 8;

const owner = 'tools/bench/1';
const leaseMs = 60_000;

/** What a consumer leaves in the ledger for a message that it processed: its claim, and the proof. */
const itemsOf = (number: number, atMs: number): readonly Record<string, AttributeValue>[] => {
  const region = regionOf(number);
  const pk = partitionKey({ pair: scene.pair, destination: scene.queue, id: idOf(number) });
  const expiresAtSeconds = Math.ceil(atMs / 1_000) + 1_209_600;
  const { pk: claimPk, sk } = claimKey(pk, region);
  return [
    processedAttributes({ key: processedKey(pk, region), item: { atMs, by: 'bench', owner }, expiresAtSeconds }),
    {
      pk: { S: claimPk },
      sk: { S: sk },
      owner: { S: owner },
      atMs: { N: String(atMs) },
      leaseUntilMs: { N: String(atMs + leaseMs) },
      attempt: { N: '1' },
      expiresAt: { N: String(expiresAtSeconds) },
    },
  ];
};

/**
 * Enters the processed messages into the ledger. Its own library would ask for each claim by itself, which DynamoDB Local
 * answers some hundred times a second.
 */
export const fillLedger = async (access: DynamoDbLocalAccess, messages: number): Promise<void> => {
  const atMs = Date.now();
  await Promise.all(
    [scene.region, scene.otherRegion].map(async (region) => {
      const client = new DynamoDBClient(clientSettingsFor(access, region));
      const items = numbersTo(messages)
        .filter((number) => isProcessed(number) && regionOf(number) === region)
        .flatMap((number) => itemsOf(number, atMs));
      const writes = chunksOf(items, itemsPerWrite).values();
      await Promise.all(
        Array.from({ length: writesAtOnce }, async () => {
          for (const write of writes) {
            const requests = write.map((Item) => ({ PutRequest: { Item } }));
            await client.send(new BatchWriteItemCommand({ RequestItems: { [scene.table]: requests } }));
          }
        }),
      );
      client.destroy();
    }),
  );
};
