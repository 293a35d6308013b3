import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The programs from Maven Central that tests under test/real start: which versions, and where they are kept. Versions
 * are fixed, so that a run can be repeated.
 */

/** Folder in which downloads are kept, outside the repository. */
const cacheFolder = process.env.MQ_DR_CACHE ?? join(homedir(), '.cache', 'mq-dr');

/** Apache ActiveMQ 5.18, the engine that Amazon MQ offers and replicates across Regions (docs/amazon-mq.md 1.1). */
const activeMqVersion = '5.18.3';
const dynamoDbLocalVersion = '3.1.0';

/** A Maven artifact that is a whole distribution. */
export const activeMq = {
  artifact: `org.apache.activemq:apache-activemq:${activeMqVersion}:tar.gz:bin`,
  archive: join(cacheFolder, `apache-activemq-${activeMqVersion}-bin.tar.gz`),
  /** ACTIVEMQ_HOME. */
  folder: join(cacheFolder, `apache-activemq-${activeMqVersion}`),
} as const;

/** A Maven artifact that runs from its jar and those of its dependencies. */
export const dynamoDbLocal = {
  groupId: 'software.amazon.dynamodb',
  artifactId: 'DynamoDBLocal',
  version: dynamoDbLocalVersion,
  /** Its jars and SQLite's native libraries. */
  folder: join(cacheFolder, `dynamodb-local-${dynamoDbLocalVersion}`),
  mainClass: 'software.amazon.dynamodb.services.local.main.ServerRunner',
} as const;

export { cacheFolder };
