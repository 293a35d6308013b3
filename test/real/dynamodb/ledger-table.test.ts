import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { DynamoLedgerTable, ledgerClient } from '../../../functions/ledger/dynamodb/dynamo-ledger-table.ts';
import { systemClock } from '../../../functions/runtime/clock.ts';
import { west } from '../../../testbed/orders.ts';
import { clientSettingsFor, createLedgerTables } from '../../../tools/real/dynamodb/ledger-tables.ts';
import { describeLedgerTable } from '../../support/ledger-table-contract.ts';
import { type OpenDynamoDb, openDynamoDb } from './open-dynamodb.ts';

let dynamoDb: OpenDynamoDb;

beforeAll(async () => {
  dynamoDb = await openDynamoDb(process.env);
});

afterAll(async () => {
  await dynamoDb?.stop();
});

describeLedgerTable('DynamoDB Local', async (body) => {
  const tableName = `ledger-${randomUUID()}`;
  await createLedgerTables(dynamoDb.access, tableName, [west]);
  const client = ledgerClient(clientSettingsFor(dynamoDb.access, west));
  const common = { region: west, tableName, clock: systemClock, random: Math.random };
  await body(new DynamoLedgerTable({ ...common, client: () => client }));
  client.destroy();
});
