import { DynamoDbLocal, type DynamoDbLocalAccess } from '../../../tools/real/dynamodb/dynamodb-local.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** DynamoDB Local that tests talk to, started by them or by somebody else. */
export interface OpenDynamoDb {
  readonly access: DynamoDbLocalAccess;
  /** Ends what the tests started. */
  stop(): Promise<void>;
}

/**
 * DynamoDB Local that runs at `MQ_DR_DYNAMODB_ENDPOINT`, or a new one. Tests put their own random names on tables.
 *
 * @throws as `DynamoDbLocal.start`
 */
export const openDynamoDb = async (environment: Environment): Promise<OpenDynamoDb> => {
  const endpoint = environment.MQ_DR_DYNAMODB_ENDPOINT;
  if (endpoint === undefined) return await DynamoDbLocal.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { access: { endpoint, credentials }, stop: async () => {} };
};
