import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The programs from Maven Central that tests under test/real start: which versions, and where they are kept. Versions
 * are fixed, so that a run can be repeated.
 */

/** Folder in which downloads are kept, outside the repository. */
const cacheFolder = process.env.MQ_DR_CACHE ?? join(homedir(), '.cache', 'mq-dr');

/**
 * Apache ActiveMQ 5.18, the engine that Amazon MQ offers and replicates across Regions (docs/amazon-mq.md 1.1). Tests of
 * the broker's own protocol run on other versions too.
 */
const activeMqVersion = process.env.MQ_DR_ACTIVEMQ_VERSION ?? '5.18.3';

/** Versions of which Maven Central has the whole distribution, with the web console; of others there are jars. */
const distributed: readonly string[] = ['5.17.6', '5.18.3'];
const dynamoDbLocalVersion = '3.1.0';

const activeMqPackaging = distributed.includes(activeMqVersion) ? 'distribution' : 'jars';

/** A Maven artifact that is a whole distribution, or the jars of a broker without the web console. */
export const activeMq = {
  version: activeMqVersion,
  packaging: activeMqPackaging,
  /** What a broker of jars needs; the connectors of AMQP and STOMP are left out where Maven Central lacks them. */
  jars: {
    needed: ['activemq-broker', 'activemq-jaas', 'activemq-kahadb-store', 'activemq-spring'],
    wanted: ['activemq-amqp', 'activemq-stomp'],
    others: [
      `org.springframework:spring-context:${activeMqVersion.startsWith('5.') ? '5.3.39' : '6.1.14'}`,
      'org.apache.logging.log4j:log4j-slf4j2-impl:2.24.3',
    ],
  },
  artifact: `org.apache.activemq:apache-activemq:${activeMqVersion}:tar.gz:bin`,
  archive: join(cacheFolder, `apache-activemq-${activeMqVersion}-bin.tar.gz`),
  /** ACTIVEMQ_HOME. */
  folder: join(
    cacheFolder,
    activeMqPackaging === 'distribution'
      ? `apache-activemq-${activeMqVersion}`
      : `apache-activemq-jars-${activeMqVersion}`,
  ),
} as const;

/** JMS over AMQP and MQTT clients, with the JMS of ActiveMQ 5. */
export const messagingClients = {
  artifacts: ['org.apache.qpid:qpid-jms-client:1.12.0', 'org.eclipse.paho:org.eclipse.paho.client.mqttv3:1.2.5'],
  folder: join(cacheFolder, 'messaging-clients-1'),
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
