import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientCache, clientSettings } from '../../aws/client-settings.ts';
import type { ReconciliationEnvironment } from '../../runtime/environment/pair-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { DynamoLedgerTable } from './dynamo-ledger-table.ts';

/** The table repeats its calls itself. */
const clients = clientCache((runtime, region, purpose) => new DynamoDBClient(clientSettings(runtime, region, purpose)));

/** A Region's replica of the ledger. @param attempts how often a call is sent; as often as consumers do by default */
export const ledgerTable = (
  runtime: Runtime,
  environment: Pick<ReconciliationEnvironment, 'LEDGER_TABLE'>,
  region: string,
  attempts?: number,
): DynamoLedgerTable =>
  new DynamoLedgerTable({
    clock: runtime.clock,
    random: runtime.random,
    region,
    attempts,
    tableName: environment.LEDGER_TABLE,
    client: () => clients(runtime, region, 'once'),
  });

/** A key that no message has. */
const nobodysKey = { pk: 'mq-dr-readiness', sk: 'P#readiness' };

/** A function that asks has 20 s, and an attempt takes 3 s at most. */
const askingAttempts = 3;

/**
 * Reads nothing from a Region's replica of the ledger: whether it answers, and whether this function may ask it.
 *
 * @throws ServiceUnavailable, AccessDenied, NotFound
 */
export const askLedger = async (
  runtime: Runtime,
  environment: Pick<ReconciliationEnvironment, 'LEDGER_TABLE'>,
  region: string,
): Promise<void> => {
  await ledgerTable(runtime, environment, region, askingAttempts).read([nobodysKey]);
};
